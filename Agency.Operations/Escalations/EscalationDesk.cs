using Agency.Data;
using Agency.Data.Escalations;
using Agency.Data.Notifications;
using Agency.Data.Workflows;
using Agency.Operations.Registry;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Escalations;

/// <summary>Opens escalations, takes note of them and closes them.</summary>
internal sealed class EscalationDesk(
    CompanyScope companies, WorkflowLocator locator, CallerDatabase database, Caller caller, IWakeUps wakeUps, TimeProvider time)
{
    private const int MaxSubject = 200;

    public async Task<Result<EscalationResult>> OpenAsync(string? client, string? workflowId, string reason, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            return Error.Invalid("reason must say what a person should look at.");
        }

        var target = await TargetAsync(client, workflowId, cancellationToken);
        if (!target.IsSuccess)
        {
            return target.Error;
        }

        var (company, id) = target.Value;
        var now = time.Now();
        await using var context = database.Open(company);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        Workflow? workflow = null;
        if (id is { } named)
        {
            workflow = await context.LockWorkflowAsync(new WorkflowKey(company, named), cancellationToken);
            if (workflow is null)
            {
                return RegistryErrors.NoSuchWorkflow(new WorkflowKey(company, named));
            }

            if (WorkflowTransitions.Escalate.Allows(workflow.Status))
            {
                workflow.ChangeStatus(WorkflowStatus.Escalated, reason, now);
            }

            context.AddHistory(workflow.Key(), now, "escalated", $"Escalated by {caller.Subject}: {reason}");
        }

        var escalation = new Escalation
        {
            CompanyId = company,
            EscalationId = Guid.CreateVersion7(now),
            WorkflowId = id,
            RunId = caller.Run,
            Source = EscalationSource.Requested,
            Reason = reason,
            OpenedAt = now,
            OpenedBy = caller.Subject,
        };
        context.Escalations.Add(escalation);
        context.Notifications.Add(Message(escalation, now));
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await wakeUps.PublishAsync(Topics.Notifications, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        return new EscalationResult(EscalationView.Of(escalation), workflow?.Status);
    }

    public Task<Result<EscalationResult>> AcknowledgeAsync(string? client, string escalationId, CancellationToken cancellationToken) =>
        ChangeAsync(client, escalationId, escalation => escalation.Acknowledge(caller.Subject, time.Now()), resume: null, cancellationToken);

    public Task<Result<EscalationResult>> ResolveAsync(
        string? client, string escalationId, string resolution, bool resumeWorkflow, CancellationToken cancellationToken) =>
        string.IsNullOrWhiteSpace(resolution)
            ? Task.FromResult<Result<EscalationResult>>(Error.Invalid("resolution must say what was done."))
            : ChangeAsync(
                client,
                escalationId,
                escalation => escalation.Resolve(caller.Subject, resolution, time.Now()),
                resumeWorkflow ? resolution : null,
                cancellationToken);

    private async Task<Result<EscalationResult>> ChangeAsync(
        string? client, string escalationId, Func<Escalation, Result<EscalationStatus>> change, string? resume, CancellationToken cancellationToken)
    {
        var scope = companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        if (!Guid.TryParse(escalationId, out var id))
        {
            return Error.Invalid("escalation_id must be a UUID. Call list_escalations to see the ids.");
        }

        await using var context = database.Open(scope.Value);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var found = await context.Escalations.AsNoTracking().FirstOrDefaultAsync(e => e.EscalationId == id, cancellationToken);

        // The workflow before the escalation, in the order in which everything else takes them.
        var workflow = found is { WorkflowId: { } workflowId }
            ? await context.LockWorkflowAsync(new WorkflowKey(found.CompanyId, workflowId), cancellationToken)
            : null;
        var escalation = await context.Escalations.FromSql($"select * from escalation where escalation_id = {id} for update").FirstOrDefaultAsync(cancellationToken);
        if (escalation is null)
        {
            return Error.NotFound($"There is no escalation '{id}' for you. Call list_escalations to see the ids.");
        }

        var changed = change(escalation);
        if (!changed.IsSuccess)
        {
            return changed.Error;
        }

        if (resume is not null && workflow is { Status: WorkflowStatus.Escalated or WorkflowStatus.Paused })
        {
            var calendar = await ClientCalendar.FindAsync(context, escalation.CompanyId, cancellationToken);
            var error = calendar.Error ?? await WorkflowStatusChange.ApplyAsync(
                context, workflow, WorkflowStatus.Active, resume, calendar.Value, caller.Subject, time.Now(), cancellationToken);
            if (error is not null)
            {
                return error;
            }
        }

        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await wakeUps.PublishAsync(Topics.Runs, CancellationToken.None);
        await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
        return new EscalationResult(EscalationView.Of(escalation), workflow?.Status);
    }

    private async Task<Result<(CompanyId Company, WorkflowId? Workflow)>> TargetAsync(string? client, string? workflowId, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(workflowId))
        {
            return companies.Resolve(client).Map(company => (company, (WorkflowId?)null));
        }

        return (await locator.FindAsync(client, workflowId, cancellationToken)).Map(key => (key.Company, (WorkflowId?)key.Id));
    }

    private static Notification Message(Escalation escalation, DateTimeOffset now)
    {
        var about = escalation.WorkflowId is { } id ? $"{escalation.CompanyId}/{id}" : escalation.CompanyId.Value;
        var firstLine = escalation.Reason.ReplaceLineEndings("\n").Split('\n')[0];
        var subject = $"Escalation: {about}: {firstLine}";
        return new Notification
        {
            CompanyId = escalation.CompanyId,
            NotificationId = Guid.CreateVersion7(now),
            Kind = "escalation_opened",
            Subject = subject.Length <= MaxSubject ? subject : subject[..(MaxSubject - 3)] + "...",
            Body = $"""
                Client: {escalation.CompanyId}
                Workflow: {escalation.WorkflowId?.Value ?? "-"}
                Opened by: {escalation.OpenedBy}
                Escalation: {escalation.EscalationId}

                {escalation.Reason}
                """,
            CreatedAt = now,
        };
    }
}
