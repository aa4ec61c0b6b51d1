using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Workflows;
using Agency.Operations.Registry;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Import;

/// <summary>One import in its transaction: what it has written so far.</summary>
internal sealed class ImportWork(AgencyDbContext context, ImportMode mode, string by, DateTimeOffset now)
{
    private readonly List<Action> _history = [];

    public AgencyDbContext Context => context;

    public DateTimeOffset Now => now;

    public IReadOnlyDictionary<CompanyId, Company> Companies { get; set; } = new Dictionary<CompanyId, Company>();

    public List<CompanyId> CreatedClients { get; } = [];

    public List<ImportedWorkflow> Added { get; } = [];

    public List<ImportedWorkflow> Updated { get; } = [];

    public List<Workflow> Written { get; } = [];

    public int Skipped { get; private set; }

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

        if (Apply(workflow, entry, isNew, company.TimeZone) is { } problem)
        {
            return problem;
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
    private ImportProblem? Apply(Workflow workflow, ImportEntry entry, bool isNew, string companyZone)
    {
        var (oldSchedule, oldZone) = (workflow.Schedule, workflow.TimeZone);
        workflow.Type = entry.Type;
        workflow.Schedule = entry.Given.Contains("schedule") ? entry.Schedule : workflow.Schedule;
        workflow.TimeZone = entry.Given.Contains("time_zone") ? entry.TimeZone : workflow.TimeZone;
        workflow.LastRun = entry.Given.Contains("last_run") ? entry.LastRun : workflow.LastRun;
        workflow.Inputs = entry.Given.Contains("inputs") ? entry.Inputs : workflow.Inputs;
        workflow.SlaMinutes = entry.Given.Contains("sla_minutes") ? entry.SlaMinutes : workflow.SlaMinutes;
        workflow.MaxAttempts = entry.MaxAttempts ?? workflow.MaxAttempts;
        workflow.RetryInitialSeconds = entry.RetryInitialSeconds ?? workflow.RetryInitialSeconds;
        workflow.TimeoutSeconds = entry.TimeoutSeconds ?? workflow.TimeoutSeconds;
        SetStatus(workflow, entry);
        workflow.UpdatedAt = now;

        if (entry.NextRun is { } asWritten)
        {
            // As written, even where it is past or not on the schedule: the planner makes one occurrence of it.
            workflow.NextRun = asWritten;
            return null;
        }

        if (!isNew && !entry.Given.Contains("next_run") && workflow.Schedule == oldSchedule && workflow.TimeZone == oldZone)
        {
            return null;
        }

        var schedule = WorkflowRules.ReadSchedule(workflow.Schedule, workflow.TimeZone, companyZone);
        var next = schedule.IsSuccess ? WorkflowRules.NextRun(schedule.Value, workflow.Schedule, now) : schedule.Error;
        if (!next.IsSuccess)
        {
            return new ImportProblem(entry.Position, "schedule", next.Error.Message);
        }

        workflow.NextRun = workflow.Status is WorkflowStatus.Completed ? null : next.Value;
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
            ? await context.WorkflowEvents.Where(e => e.CompanyId == entry.Client && e.WorkflowId == entry.Id)
                .Select(e => new HistoryLine(e.At, e.Type, e.Message)).ToHashSetAsync(cancellationToken)
            : [];
        foreach (var line in entry.History.Where(known.Add))
        {
            _history.Add(() => context.AddHistory(entry.Key, line.Timestamp, line.Type, line.Message));
        }

        _history.Add(() => context.AddHistory(entry.Key, now, "imported", $"{(isNew ? "Added" : "Updated")} from a file by {by}."));
    }
}
