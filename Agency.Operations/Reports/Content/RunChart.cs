using System.Globalization;
using Agency.Data.Kpis;
using Agency.Operations.Reports.Model;

namespace Agency.Operations.Reports.Content;

/// <summary>How the runs ended, day by day; week by week when there are too many days to tell apart.</summary>
internal static class RunChart
{
    /// <summary>A longer period is shown by weeks.</summary>
    public const int MostDays = 45;

    public static ReportChart Of(IReadOnlyList<DayKpis> days)
    {
        var byWeek = days.Count > MostDays;
        var bars = (byWeek ? days.GroupBy(day => day.Date.AddDays(-(((int)day.Date.DayOfWeek + 6) % 7))) : days.GroupBy(day => day.Date))
            .Select(group => group.ToArray()).ToArray();
        var severalYears = days[0].Date.Year != days[^1].Date.Year;
        var labels = bars.Select(bar => bar[0].Date.ToString(severalYears ? "d MMM yy" : "d MMM", CultureInfo.InvariantCulture)).ToArray();

        ReportSeries Series(string name, ReportTone tone, Func<DayKpis, long> count) =>
            new(name, [.. bars.Select(bar => (double)bar.Sum(count))], tone);

        List<ReportSeries> series =
        [
            Series("Succeeded", ReportTone.Good, day => day.Scheduled.Succeeded + day.Manual.Succeeded),
            Series("Failed", ReportTone.Bad, day => day.Scheduled.Failed + day.Manual.Failed),
            Series("Skipped", ReportTone.Muted, day => day.Scheduled.Skipped),
        ];
        var others = Series(
            "Cancelled or open",
            ReportTone.Neutral,
            day => day.Scheduled.Cancelled + day.Scheduled.Open + day.Manual.Cancelled + day.Manual.Open);
        if (others.Values.Any(value => value > 0))
        {
            series.Add(others);
        }

        return new ReportChart(byWeek ? "Runs per week" : "Runs per day", byWeek ? "Week from" : "Day", labels, series);
    }
}
