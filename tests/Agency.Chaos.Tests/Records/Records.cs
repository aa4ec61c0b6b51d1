namespace Agency.Chaos.Tests.Records;

/// <summary>A client as the test set it up.</summary>
internal sealed record CompanyFacts(string Company, int Weight, int Cap);

/// <summary>A workflow as the test set it up.</summary>
/// <param name="Company">Its client.</param>
/// <param name="Workflow">Its id.</param>
/// <param name="Instants">When it is due, computed without the scheduler.</param>
/// <param name="FirstDue">Its first occurrence.</param>
/// <param name="SideBySide">Whether its runs may execute at once.</param>
/// <param name="Entries">How many log entries a complete attempt writes.</param>
internal sealed record WorkflowFacts(string Company, string Workflow, Instants Instants, DateTimeOffset FirstDue, bool SideBySide, int Entries);

/// <summary>A workflow's row at the end. <paramref name="NextRun"/> is what it was when planning was ended.</summary>
internal sealed record WorkflowRow(string Company, string Workflow, string Status, int FailureCount, DateTimeOffset? NextRun);

/// <summary>A row of the table run at the end.</summary>
internal sealed record RunRow(
    string Company, Guid Run, string Workflow, string Trigger, DateTimeOffset ScheduledFor, DateTimeOffset? ScheduledUntil, int Occurrences,
    string Status, int Attempt, string? SkipReason, string? IdempotencyKey, bool CancelRequested, string? ErrorKind);

/// <summary>A row of the table run_event.</summary>
internal sealed record EventRow(string Company, Guid Run, long Id, int Attempt, string Type);

/// <summary>
/// A run's row written anew, as a trigger of the test saw it: in what order, when by the database's clock, and by which scheduler process.
/// </summary>
/// <param name="Seq">Rises over transitions of runs and changes of workflows.</param>
/// <param name="At">When it was written.</param>
/// <param name="StatementAt">When the statement that wrote it began: what it saw had been committed before.</param>
/// <param name="TransactionAt">When the statement's transaction began.</param>
/// <param name="Who">The database session's name: a scheduler's process, or the test.</param>
/// <param name="Company">The client.</param>
/// <param name="Run">The run.</param>
/// <param name="Workflow">Its workflow.</param>
/// <param name="Trigger">Why it exists.</param>
/// <param name="ScheduledFor">When it is due.</param>
/// <param name="ScheduledUntil">When the last occurrence that it stands for was due.</param>
/// <param name="From">Its status before; null when it was inserted.</param>
/// <param name="To">Its status.</param>
/// <param name="Attempt">Its attempt afterwards.</param>
/// <param name="Fencing">Its fencing number afterwards.</param>
/// <param name="CancelRequested">Whether cancelling has been asked for.</param>
internal sealed record Transition(
    long Seq, DateTimeOffset At, DateTimeOffset StatementAt, DateTimeOffset TransactionAt, string Who, string Company, Guid Run, string Workflow, string Trigger,
    DateTimeOffset ScheduledFor, DateTimeOffset? ScheduledUntil, string? From, string To, int Attempt, long Fencing, bool CancelRequested)
{
    public bool IsClaim => From != "running" && To == "running";

    public bool IsEnd => From is not null && From != To && Statuses.IsOver(To);
}

/// <summary>A workflow's status or count of failures written anew, as a trigger of the test saw it.</summary>
internal sealed record WorkflowChange(
    long Seq, DateTimeOffset At, string Who, string Company, string Workflow, string StatusBefore, string Status, int FailuresBefore, int Failures);

/// <summary>A call that reached the server with the log: the witness that no scheduler writes.</summary>
/// <param name="Seq">The order of arrival.</param>
/// <param name="Company">The client, as the token says.</param>
/// <param name="Run">The run, as the token says.</param>
/// <param name="Token">The token's id. Each execution has one of its own.</param>
/// <param name="Attempt">The attempt, as the procedure's template says.</param>
/// <param name="Step">Which call of the attempt.</param>
/// <param name="Of">How many calls a complete attempt makes.</param>
internal sealed record LogEntry(long Seq, string Company, Guid Run, string Token, int Attempt, int Step, int Of);

/// <summary>A stretch, by the database's clock, in which a client's or a workflow's work was stopped for certain.</summary>
/// <param name="Company">The client; null for everyone.</param>
/// <param name="Workflow">The workflow; null for all of the client's.</param>
/// <param name="From">The stop had been committed by then.</param>
/// <param name="To">Lifting it began no earlier.</param>
internal sealed record Stop(string? Company, string? Workflow, DateTimeOffset From, DateTimeOffset To);

/// <summary>A run asked for by hand, with its idempotency key; each was asked for twice.</summary>
internal sealed record ManualRequest(string Company, string Workflow, string Key);

/// <summary>A scheduler process that ended without being told to, or that left something behind.</summary>
internal sealed record ProcessFault(string Scheduler, string What);

internal static class Statuses
{
    public static bool IsOver(string status) => status is "succeeded" or "failed" or "cancelled" or "skipped";
}
