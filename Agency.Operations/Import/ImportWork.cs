using System.Globalization;
using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Workflows;
using Agency.Operations.Escalations;
using Agency.Operations.Registry;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Import;

/// <summary>One import in its transaction: what it has written so far.</summary>
internal sealed class ImportWork(AgencyDbContext context, ImportMode mode, string by, DateTimeOffset now)
{
    private readonly List<Action> _history = [];

    public AgencyDbContext Context => context;

    public DateTimeOffset Now => now;

    /// <summary>Those that there are, and those that the import has made.</summary>
    public Dictionary<CompanyId, Company> Companies { get; set; } = [];

    public IReadOnlyDictionary<CompanyId, ClientCalendar> Calendars { get; set; } = new Dictionary<CompanyId, ClientCalendar>();

    public List<CompanyId> CreatedClients { get; } = [];

    public List<ImportedWorkflow> Added { get; } = [];

    public List<ImportedWorkflow> Updated { get; } = [];

    public List<Workflow> Written { get; } = [];

    public List<string> Warnings { get; } = [];

    public int Skipped { get; private set; }

    /// <summary>The workflows of clients that were erased: a file that is read again at every start must not bring them back.</summary>
    public void PassOver(CompanyId client, DateTimeOffset erasedAt, int workflows)
    {
        Skipped += workflows;
        Warnings.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"'{client}' was erased at {erasedAt:u} and is not made again: {workflows} of its workflows were passed over. Take it out of the file, or call init_company to make a new client of that id."));
    }

    public async Task<ImportProblem?> WriteAsync(ImportEntry entry, CancellationToken cancellationToken)
    {
        var company = Companies[entry.Client];
        var existing = await context.LockWorkflowAsync(entry.Key, cancellationToken, includeDeleted: true);
        if (existing is not null && mode is ImportMode.AddNew)
        {
            Skipped++;
            return null;
        }

        if (existing is { DeletedAt: null } && mode is ImportMode.Add)
        {
            return new ImportProblem(entry.Position, "id", $"the client '{entry.Client}' has a workflow '{entry.Id}' already. Import with mode update to change it.");
        }

        if (company.Status is CompanyStatus.Archived)
        {
            return new ImportProblem(entry.Position, "client", $"'{entry.Client}' is archived and takes no new work.");
        }

        var isNew = existing is null or { DeletedAt: not null };
        var workflow = existing ?? new Workflow { CompanyId = entry.Client, WorkflowId = entry.Id, Type = entry.Type, CreatedAt = now, UpdatedAt = now };
        if (existing is null)
        {
            context.Workflows.Add(workflow);
        }
        else if (isNew)
        {
            context.Revive(workflow, entry.Type, now);
        }

        var before = isNew ? null : (WorkflowStatus?)workflow.Status;
        if (Apply(workflow, entry, isNew, Calendars[entry.Client]) is { } problem)
        {
            return problem;
        }

        if (before is WorkflowStatus.Escalated && workflow.Status is not WorkflowStatus.Escalated)
        {
            // Else the next three failures would find an escalation open and call nobody.
            await FailureEscalations.ResolveAsync(context, entry.Key, by, $"The workflow was imported as {SnakeCase.Of(workflow.Status)}.", now, cancellationToken);
            _history.Add(() => context.AddHistory(entry.Key, now, "status_changed", $"{SnakeCase.Of(before.Value)} -> {SnakeCase.Of(workflow.Status)} by {by}, from a file"));
        }

        await AddHistoryAsync(entry, existing is not null, isNew, cancellationToken);
        Written.Add(workflow);
        (isNew ? Added : Updated).Add(new ImportedWorkflow(entry.Client, entry.Id, workflow.NextRun));
        return null;
    }

    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        // The workflows first, so that their history finds them.
        await context.SaveChangesAsync(cancellationToken);
        _history.ForEach(add => add());
        await context.SaveChangesAsync(cancellationToken);
    }

    /// <summary>A field that the file leaves out stays as it is, which for a new workflow is its default.</summary>
    private ImportProblem? Apply(Workflow workflow, ImportEntry entry, bool isNew, ClientCalendar calendar)
    {
        var before = isNew ? null : ScheduleTerms.Of(workflow);
        workflow.Type = entry.Type;
        workflow.Schedule = entry.Given.Contains("schedule") ? entry.Schedule : workflow.Schedule;
        workflow.TimeZone = entry.Given.Contains("time_zone") ? entry.TimeZone : workflow.TimeZone;
        workflow.LastRun = entry.Given.Contains("last_run") ? entry.LastRun : workflow.LastRun;
        workflow.Inputs = entry.Given.Contains("inputs") ? entry.Inputs : workflow.Inputs;
        workflow.SlaMinutes = entry.Given.Contains("sla_minutes") ? entry.SlaMinutes : workflow.SlaMinutes;
        workflow.TimeoutSeconds = entry.TimeoutSeconds ?? workflow.TimeoutSeconds;
        ApplyScheduling(workflow, entry);
        ApplyRetry(workflow, entry);
        SetStatus(workflow, entry);
        workflow.UpdatedAt = now;
        return WorkflowRules.Check(workflow) is { } error
            ? new ImportProblem(entry.Position, "", error.Message)
            : ApplyNextRun(workflow, entry, before, calendar);
    }

    private static void ApplyScheduling(Workflow workflow, ImportEntry entry)
    {
        workflow.StartAt = entry.Given.Contains("start_at") ? entry.StartAt : workflow.StartAt;
        workflow.EndAt = entry.Given.Contains("end_at") ? entry.EndAt : workflow.EndAt;
        workflow.JitterSeconds = entry.JitterSeconds ?? workflow.JitterSeconds;
        workflow.DstGap = entry.Given.Contains("dst_gap") ? entry.DstGap : workflow.DstGap;
        workflow.DstOverlap = entry.Given.Contains("dst_overlap") ? entry.DstOverlap : workflow.DstOverlap;
        workflow.ObserveCalendar = entry.ObserveCalendar ?? workflow.ObserveCalendar;
        workflow.CatchUp = entry.CatchUp ?? workflow.CatchUp;
        workflow.CatchUpWindowMinutes = entry.CatchUpWindowMinutes ?? workflow.CatchUpWindowMinutes;
        workflow.Overlap = entry.Overlap ?? workflow.Overlap;
        workflow.MaxConcurrentRuns = entry.Given.Contains("max_concurrent_runs") ? entry.MaxConcurrentRuns : workflow.MaxConcurrentRuns;
        workflow.Priority = entry.Priority ?? workflow.Priority;
    }

    private static void ApplyRetry(Workflow workflow, ImportEntry entry)
    {
        workflow.MaxAttempts = entry.MaxAttempts ?? workflow.MaxAttempts;
        workflow.RetryInitialSeconds = entry.RetryInitialSeconds ?? workflow.RetryInitialSeconds;
        workflow.RetryFactor = entry.RetryFactor ?? workflow.RetryFactor;
        workflow.RetryMaxSeconds = entry.RetryMaxSeconds ?? workflow.RetryMaxSeconds;
        workflow.RetryJitter = entry.RetryJitter ?? workflow.RetryJitter;
        workflow.RetryDeadlineSeconds = entry.Given.Contains("retry_deadline_seconds") ? entry.RetryDeadlineSeconds : workflow.RetryDeadlineSeconds;
        workflow.NonRetryable = entry.NonRetryable ?? workflow.NonRetryable;
    }

    /// <param name="before">The terms it had; null for a new workflow.</param>
    private ImportProblem? ApplyNextRun(Workflow workflow, ImportEntry entry, ScheduleTerms? before, ClientCalendar calendar)
    {
        var terms = ScheduleTerms.Of(workflow);
        if (terms.Read(calendar).Error is { } unreadable)
        {
            return new ImportProblem(entry.Position, terms.EndAt <= terms.StartAt ? "end_at" : "schedule", unreadable.Message);
        }

        if (entry.NextRun is { } asWritten)
        {
            // As written, even where it is past or not on the schedule: the planner makes one occurrence of it.
            (workflow.NextRun, workflow.ScheduleSetAt) = (asWritten, now);
            return terms.Refuse(asWritten) is { } outside ? new ImportProblem(entry.Position, "next_run", outside.Message) : null;
        }

        var none = entry.Given.Contains("next_run");
        if (!none && terms == before)
        {
            return null;
        }

        var next = terms.NextAfter(now, calendar);
        if (!next.IsSuccess && !none && workflow.Status is not WorkflowStatus.Completed)
        {
            return new ImportProblem(entry.Position, "schedule", next.Error.Message);
        }

        if (!next.IsSuccess && workflow.Status is not WorkflowStatus.Completed)
        {
            Warnings.Add($"entry {entry.Position}: {next.Error.Message}");
        }

        workflow.NextRun = workflow.Status is WorkflowStatus.Completed || !next.IsSuccess ? null : next.Value;
        workflow.ScheduleSetAt = now;
        return null;
    }

    private void SetStatus(Workflow workflow, ImportEntry entry)
    {
        if (entry.Status is { } status && workflow.Status != status)
        {
            // Every status can become active, and active can become every status.
            workflow.ChangeStatus(WorkflowStatus.Active, null, now);
            workflow.ChangeStatus(status, entry.StatusMessage, now);
        }
        else if (entry.Given.Contains("status_message"))
        {
            workflow.ChangeStatus(workflow.Status, entry.StatusMessage, now);
        }

        workflow.FailureCount = entry.Given.Contains("failure_count") ? entry.FailureCount : workflow.FailureCount;
    }

    private async Task AddHistoryAsync(ImportEntry entry, bool hasHistory, bool isNew, CancellationToken cancellationToken)
    {
        var known = hasHistory && entry.History.Count > 0
            ? await context.ReadHistoryAtAsync(entry.Key, [.. entry.History.Select(line => line.Timestamp)], cancellationToken)
            : [];
        foreach (var line in entry.History.Where(known.Add))
        {
            _history.Add(() => context.AddHistory(entry.Key, line.Timestamp, line.Type, line.Message));
        }

        _history.Add(() => context.AddHistory(entry.Key, now, "imported", $"{(isNew ? "Added" : "Updated")} from a file by {by}."));
    }
}
