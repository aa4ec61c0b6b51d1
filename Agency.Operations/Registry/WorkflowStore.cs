using Agency.Data;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Registry;

/// <summary>Reads and writes that the parts of the registry share.</summary>
internal static class WorkflowStore
{
    /// <summary>
    /// The row, locked until the transaction ends, so that a change never overwrites what a scheduler writes at the same time. Null when there is
    /// none; a deleted one only where <paramref name="includeDeleted"/>.
    /// </summary>
    public static async Task<Workflow?> LockWorkflowAsync(
        this AgencyDbContext context, WorkflowKey key, CancellationToken cancellationToken, bool includeDeleted = false)
    {
        var (company, id) = (key.Company.Value, key.Id.Value);
        var found = await context.Workflows
            .FromSql($"select w.*, w.xmin from workflow w where company_id = {company} and workflow_id = {id} for update")
            .SingleOrDefaultAsync(cancellationToken);
        return found is { DeletedAt: not null } && !includeDeleted ? null : found;
    }

    public static void AddHistory(this AgencyDbContext context, WorkflowKey key, DateTimeOffset at, string type, string message) =>
        context.WorkflowEvents.Add(new WorkflowEvent { CompanyId = key.Company, WorkflowId = key.Id, At = at, Type = type, Message = message });

    public static WorkflowKey Key(this Workflow workflow) => new(workflow.CompanyId, workflow.WorkflowId);

    /// <summary>Makes a deleted row a new workflow: everything but its id, its history and its runs begins again.</summary>
    public static void Revive(this AgencyDbContext context, Workflow deleted, string type, DateTimeOffset now)
    {
        var fresh = new Workflow { CompanyId = deleted.CompanyId, WorkflowId = deleted.WorkflowId, Type = type, CreatedAt = now, UpdatedAt = now };
        var entry = context.Entry(deleted);
        foreach (var property in entry.Metadata.GetProperties().Where(p => !p.IsPrimaryKey() && p.PropertyInfo is not null))
        {
            entry.Property(property).CurrentValue = property.PropertyInfo!.GetValue(fresh);
        }
    }
}
