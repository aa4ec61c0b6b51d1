using System.Globalization;
using Agency.Data.Kpis;

namespace Agency.HealthMonitor.HealthReports;

/// <summary>From findings to a status word.</summary>
internal static class HealthRules
{
    /// <summary>SLA compliance and success rate below this are a warning.</summary>
    public const double WarnBelow = 0.95;

    public static (HealthStatus Status, IReadOnlyList<string> Reasons) Judge(CompanyKpis kpis, int escalatedWorkflows, int stuckRuns, int activeAlerts)
    {
        var critical = new List<string>();
        Add(critical, escalatedWorkflows > 0, $"{escalatedWorkflows} workflow(s) escalated: they do not fire until someone resumes them.");
        Add(critical, stuckRuns > 0, $"{stuckRuns} run(s) stuck.");

        var warnings = new List<string>();
        Add(warnings, activeAlerts > 0, $"{activeAlerts} alert(s) active.");
        Add(warnings, kpis.Escalations.Unresolved > 0, $"{kpis.Escalations.Unresolved} escalation(s) not resolved.");
        Add(warnings, kpis.Sla.Compliance < WarnBelow, Rate("SLA compliance", kpis.Sla.Compliance));
        Add(warnings, kpis.Work.SuccessRate < WarnBelow, Rate("Success rate", kpis.Work.SuccessRate));

        List<string> reasons = [.. critical, .. warnings];
        if (reasons.Count > 0)
        {
            return (critical.Count > 0 ? HealthStatus.Critical : HealthStatus.Warning, reasons);
        }

        return kpis.Work.SuccessRate is null && kpis.Sla.Compliance is null
            ? (HealthStatus.NoData, ["No run ended or was due to end in the period."])
            : (HealthStatus.Healthy, []);
    }

    private static void Add(List<string> reasons, bool applies, string reason)
    {
        if (applies)
        {
            reasons.Add(reason);
        }
    }

    private static string Rate(string name, double? rate) =>
        string.Create(CultureInfo.InvariantCulture, $"{name} is {rate * 100:0.#} %, below {WarnBelow * 100:0.#} %.");
}
