using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
using Agency.Operations.Holds;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Operations.Runs;

/// <summary>Asks the scheduler for a run, by inserting it.</summary>
internal sealed class RunRequests(WorkflowLocator locator, CallerDatabase database, Caller caller, IWakeUps wakeUps, TimeProvider time)
{
    private const string KeyConstraint = "idempotency_key";
    private const int Attempts = 5;

    public async Task<Result<RequestedRun>> RunNowAsync(
        string? client, string id, JsonObject? inputs, string? idempotencyKey, CancellationToken cancellationToken)
    {
        var found = await locator.FindAsync(client, id, cancellationToken);
        var values = WorkflowRules.ReadInputs(inputs);
        if ((found.Error ?? values.Error) is { } error)
        {
            return error;
        }

        var key = found.Value;
        await using var context = database.Open(key.Company);
        var workflow = await FindRunnableAsync(context, key, cancellationToken);
        if (!workflow.IsSuccess)
        {
            return workflow.Error;
        }

        var hold = await HoldNotice.FindAsync(context, key.Company, time.Now(), cancellationToken);

        var keyText = string.IsNullOrEmpty(idempotencyKey) ? null : idempotencyKey;
        if (keyText is not null && await FindAsync(context, key, keyText, cancellationToken) is { } earlier)
        {
            return new RequestedRun(RunView.Of(earlier), AlreadyRequested: true, hold);
        }

        var run = await InsertAsync(context, workflow.Value, values.Value, keyText, cancellationToken);
        if (run is null)
        {
            // Another call with the same key was faster.
            earlier = await FindAsync(context, key, keyText!, cancellationToken);
            return new RequestedRun(RunView.Of(earlier!), AlreadyRequested: true, hold);
        }

        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        return new RequestedRun(RunView.Of(run), AlreadyRequested: false, hold);
    }

    private static async Task<Result<Workflow>> FindRunnableAsync(AgencyDbContext context, WorkflowKey key, CancellationToken cancellationToken)
    {
        var company = await context.FindActiveCompanyAsync(key.Company, cancellationToken);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        var workflow = await context.Workflows.AsNoTracking()
            .SingleOrDefaultAsync(w => w.CompanyId == key.Company && w.WorkflowId == key.Id && w.DeletedAt == null, cancellationToken);
        return workflow switch
        {
            null => RegistryErrors.NoSuchWorkflow(key),
            { Status: WorkflowStatus.Completed } => RegistryErrors.Completed(key.Id),
            _ => workflow,
        };
    }

    /// <summary>The trace of the call, so that a run is found from it.</summary>
    public static string? TraceParent() => Activity.Current is { Id: { Length: <= 64 } id, IdFormat: ActivityIdFormat.W3C } ? id : null;

    private static Task<Run?> FindAsync(AgencyDbContext context, WorkflowKey key, string idempotencyKey, CancellationToken cancellationToken) =>
        context.Runs.AsNoTracking().SingleOrDefaultAsync(
            r => r.CompanyId == key.Company && r.WorkflowId == key.Id && r.IdempotencyKey == idempotencyKey, cancellationToken);

    /// <summary>Null when a run with that idempotency key is there already.</summary>
    private async Task<Run?> InsertAsync(
        AgencyDbContext context, Workflow workflow, JsonElement? inputs, string? idempotencyKey, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            // Two calls in the same microsecond: the second one is due a little later.
            var now = time.Now().AddMicroseconds(attempt);
            var run = new Run
            {
                CompanyId = workflow.CompanyId,
                RunId = RunId.New(time),
                WorkflowId = workflow.WorkflowId,
                Trigger = RunTrigger.Manual,
                ScheduledFor = now,
                AvailableAt = now,
                CreatedAt = now,
                Priority = workflow.Priority,
                Inputs = inputs,
                IdempotencyKey = idempotencyKey,
                RequestedBy = caller.Subject,
                TraceParent = TraceParent(),
            };
            context.Runs.Add(run);
            try
            {
                await context.SaveChangesAsync(cancellationToken);
                return run;
            }
            catch (DbUpdateException e) when (attempt < Attempts && e.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } clash)
            {
                context.ChangeTracker.Clear();
                if (clash.ConstraintName?.Contains(KeyConstraint, StringComparison.Ordinal) is true)
                {
                    return null;
                }
            }
        }
    }
}
