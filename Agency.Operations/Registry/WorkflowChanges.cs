using Agency.Data;
using Agency.Data.Workflows;
using Agency.Operations.Escalations;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;

namespace Agency.Operations.Registry;

/// <summary>Changes workflows that there are.</summary>
internal sealed class WorkflowChanges(
    WorkflowLocator locator, CallerDatabase database, Caller caller, SopCatalogue sops, IWakeUps wakeUps, TimeProvider time)
{
    public Task<Result<WorkflowResult>> ChangeStatusAsync(
        string? client, string id, WorkflowStatus status, string? message, CancellationToken cancellationToken) =>
        ChangeAsync(client, id, async (context, workflow, now) =>
        {
            var calendar = await ClientCalendar.FindAsync(context, workflow.CompanyId, cancellationToken);
            return calendar.IsSuccess
                ? await WorkflowStatusChange.ApplyAsync(context, workflow, status, message, calendar.Value, caller.Subject, now, cancellationToken)
                : calendar.Error;
        }, cancellationToken);

    public Task<Result<WorkflowResult>> UpdateAsync(string? client, string id, WorkflowRequest request, CancellationToken cancellationToken) =>
        ChangeAsync(client, id, async (context, workflow, now) =>
        {
            var calendar = await ClientCalendar.FindAsync(context, workflow.CompanyId, cancellationToken);
            if ((calendar.Error ?? WorkflowWriter.Apply(workflow, isNew: false, request, calendar.Value, now)) is { } error)
            {
                return error;
            }

            context.AddHistory(workflow.Key(), now, "updated", $"Updated by {caller.Subject}.");
            return null;
        }, cancellationToken);

    public async Task<Result<DeletedWorkflow>> DeleteAsync(string? client, string id, CancellationToken cancellationToken)
    {
        var result = await ChangeAsync(client, id, async (context, workflow, now) =>
        {
            workflow.DeletedAt = workflow.UpdatedAt = now;
            workflow.NextRun = null;
            context.AddHistory(workflow.Key(), now, "deleted", $"Deleted by {caller.Subject}.");
            await FailureEscalations.ResolveAsync(context, workflow.Key(), caller.Subject, "The workflow was deleted.", now, cancellationToken);
            return null;
        }, cancellationToken);
        return result.Map(r => new DeletedWorkflow(r.Workflow.Client, r.Workflow.Id, r.Workflow.UpdatedAt));
    }

    private async Task<Result<WorkflowResult>> ChangeAsync(
        string? client, string id, Func<AgencyDbContext, Workflow, DateTimeOffset, Task<Error?>> change, CancellationToken cancellationToken)
    {
        var found = await locator.FindAsync(client, id, cancellationToken);
        if (!found.IsSuccess)
        {
            return found.Error;
        }

        await using var context = database.Open(found.Value.Company);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await context.LockWorkflowAsync(found.Value, cancellationToken) is not { } workflow)
        {
            return RegistryErrors.NoSuchWorkflow(found.Value);
        }

        if (await change(context, workflow, time.Now()) is { } error)
        {
            return error;
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        var row = await context.RowAsync(found.Value, cancellationToken);
        return new WorkflowResult(WorkflowView.Of(row), sops.Warnings(workflow.Type, workflow.Inputs));
    }
}
