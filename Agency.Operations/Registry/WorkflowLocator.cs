using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Registry;

/// <summary>Which workflow a call means. The original's tools name an id alone; ids are unique within a client.</summary>
internal sealed class WorkflowLocator(CompanyScope companies, CallerDatabase database)
{
    private const int Shown = 3;

    /// <summary>The key; whether there is such a workflow is known only where no client was named.</summary>
    public async Task<Result<WorkflowKey>> FindAsync(string? client, string id, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        if (!WorkflowId.TryParse(id, out var workflowId))
        {
            return RegistryErrors.BadId();
        }

        if (scope.Value is { } company)
        {
            return new WorkflowKey(company, workflowId);
        }

        await using var context = database.Open();
        var owners = await context.Workflows
            .Where(w => w.WorkflowId == workflowId && w.DeletedAt == null)
            .Select(w => w.CompanyId).Take(Shown).ToListAsync(cancellationToken);
        return owners switch
        {
            [] => RegistryErrors.NoSuchWorkflow(workflowId),
            [var only] => new WorkflowKey(only, workflowId),
            _ => RegistryErrors.Ambiguous(workflowId, owners.Order()),
        };
    }
}
