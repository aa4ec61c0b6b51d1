using Agency.Data;
using Agency.Data.Escalations;
using Agency.Operations.Registry;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Escalations;

/// <summary>The escalation that a workflow's failures opened; it has at most one that is not resolved.</summary>
internal static class FailureEscalations
{
    /// <summary>Resolves it, if there is one, in the context's transaction.</summary>
    public static async Task ResolveAsync(
        AgencyDbContext context, WorkflowKey key, string by, string resolution, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var open = await context.Escalations
            .Where(e => e.CompanyId == key.Company && e.WorkflowId == key.Id
                && e.Source == EscalationSource.Failures && e.Status != EscalationStatus.Resolved)
            .ToListAsync(cancellationToken);
        foreach (var escalation in open)
        {
            escalation.Resolve(by, resolution, now);
        }
    }
}
