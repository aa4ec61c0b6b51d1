using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Workflows;
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
        if (await RefusalAsync(context, key, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var keyText = string.IsNullOrEmpty(idempotencyKey) ? null : idempotencyKey;
        if (keyText is not null && await FindAsync(context, key, keyText, cancellationToken) is { } earlier)
        {
            return new RequestedRun(RunView.Of(earlier), AlreadyRequested: true);
        }

        var run = await InsertAsync(context, key, values.Value, keyText, cancellationToken);
        if (run is null)
        {
            // Another call with the same key was faster.
            earlier = await FindAsync(context, key, keyText!, cancellationToken);
            return new RequestedRun(RunView.Of(earlier!), AlreadyRequested: true);
        }

        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        return new RequestedRun(RunView.Of(run), AlreadyRequested: false);
    }

    private static async Task<Error?> RefusalAsync(AgencyDbContext context, WorkflowKey key, CancellationToken cancellationToken)
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
            { Status: WorkflowStatus.Completed } => Error.Conflict(
                $"The workflow '{key.Id}' is completed. Make it active with update_workflow_status before running it."),
            _ => null,
        };
    }

    private static Task<Run?> FindAsync(AgencyDbContext context, WorkflowKey key, string idempotencyKey, CancellationToken cancellationToken) =>
        context.Runs.AsNoTracking().SingleOrDefaultAsync(
            r => r.CompanyId == key.Company && r.WorkflowId == key.Id && r.IdempotencyKey == idempotencyKey, cancellationToken);

    /// <summary>Null when a run with that idempotency key is there already.</summary>
    private async Task<Run?> InsertAsync(
        AgencyDbContext context, WorkflowKey key, JsonElement? inputs, string? idempotencyKey, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            // Two calls in the same microsecond: the second one is due a little later.
            var now = time.Now().AddMicroseconds(attempt);
            var run = new Run
            {
                CompanyId = key.Company,
                RunId = RunId.New(time),
                WorkflowId = key.Id,
                Trigger = RunTrigger.Manual,
                ScheduledFor = now,
                AvailableAt = now,
                CreatedAt = now,
                Inputs = inputs,
                IdempotencyKey = idempotencyKey,
                RequestedBy = caller.Subject,
                TraceParent = Activity.Current?.Id is { Length: <= 64 } id && Activity.Current.IdFormat is ActivityIdFormat.W3C ? id : null,
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
