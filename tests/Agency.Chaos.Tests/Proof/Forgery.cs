using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Proof;

/// <summary>A small history in which all is well, for tests to put one wrong into.</summary>
internal static class Forgery
{
    public const string Company = "acme";
    public const string Workflow = "digest";

    public static readonly DateTimeOffset Start = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly Instants TenSeconds = new(10, Every: false);

    public static Guid Id(int number) => new(number, 0, 0, new byte[8]);

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    /// <summary>
    /// Due every ten seconds. Run 1 succeeds at once. Run 2 fails once, is lost once and succeeds; two occurrences are skipped meanwhile. Run 3 fails
    /// for good, run 4 was asked for by hand and is cancelled in the queue.
    /// </summary>
    public static History Sound() => new()
    {
        Companies = [new CompanyFacts(Company, 1, 1)],
        Workflows = [new WorkflowFacts(Company, Workflow, TenSeconds, Start, SideBySide: false, Entries: 2)],
        WorkflowRows = [new WorkflowRow(Company, Workflow, "active", 1, At(50))],
        Runs =
        [
            Run(1, 0, "succeeded", 1),
            Run(2, 10, "succeeded", 3),
            Run(5, 20, "skipped", 0) with { ScheduledUntil = At(30), Occurrences = 2, SkipReason = "overlap" },
            Run(3, 40, "failed", 1),
            Run(4, 41, "cancelled", 0) with { Trigger = "manual", IdempotencyKey = "key", CancelRequested = true },
        ],
        Events =
        [
            Event(1, 1, "succeeded"),
            Event(2, 1, "attempt_failed"), Event(2, 1, "retry_scheduled"), Event(2, 2, "lost"), Event(2, 2, "retry_scheduled"), Event(2, 3, "succeeded"),
            Event(3, 1, "failed"),
            Event(4, 0, "cancelled"),
        ],
        Transitions =
        [
            Move(1, 0.1, 1, "s0.1", null, "queued", 0, 0), Move(2, 0.2, 1, "s0.1", "queued", "running", 1, 1), Move(3, 1, 1, "s0.1", "running", "succeeded", 1, 1),
            Move(4, 10.1, 2, "s0.1", null, "queued", 0, 0), Move(5, 10.2, 2, "s0.1", "queued", "running", 1, 1), Move(6, 11, 2, "s0.1", "running", "queued", 1, 1),
            Move(7, 12, 2, "s1.1", "queued", "running", 2, 2), Move(8, 20, 2, "s0.1", "running", "queued", 2, 2), Move(9, 21, 2, "s0.1", "queued", "running", 3, 3),
            Move(10, 22, 2, "s0.1", "running", "succeeded", 3, 3), Move(11, 30.1, 5, "s0.1", null, "skipped", 0, 0),
            Move(12, 40.1, 3, "s2.1", null, "queued", 0, 0), Move(13, 40.2, 3, "s2.1", "queued", "running", 1, 1),
            Move(14, 41, 4, "test", null, "queued", 0, 0), Move(15, 42, 4, "test", "queued", "queued", 0, 0, cancel: true),
            Move(16, 43, 4, "s2.1", "queued", "cancelled", 0, 0, cancel: true), Move(17, 44, 3, "s2.1", "running", "failed", 1, 1),
        ],
        Log =
        [
            Entry(1, 1, "a", 1, 1), Entry(2, 1, "a", 1, 2),
            Entry(3, 2, "b", 1, 1), Entry(4, 2, "c", 2, 1), Entry(5, 2, "c", 2, 2), Entry(6, 2, "d", 3, 1), Entry(7, 2, "d", 3, 2),
            Entry(8, 3, "e", 1, 1),
        ],
        ManualRequests = [new ManualRequest(Company, Workflow, "key")],
        WorkflowChanges = [Change(18, 44.9, "active", "paused"), Change(19, 48.1, "paused", "active")],
        Pauses = [new Stop(Company, Workflow, At(45), At(48))],
        Holds = [new Stop(Company, null, At(46), At(49))],
    };

    public static RunRow Run(int number, double at, string status, int attempt) =>
        new(Company, Id(number), Workflow, "scheduled", At(at), null, 1, status, attempt, null, null, false, null);

    public static EventRow Event(int run, int attempt, string type) => new(Company, Id(run), 0, attempt, type);

    public static LogEntry Entry(long seq, int run, string token, int attempt, int step) =>
        new(seq, Company, Id(run), "0000-token-" + token, attempt, step, 2);

    public static WorkflowChange Change(long seq, double at, string before, string status) =>
        new(seq, At(at), "test", Company, Workflow, before, status, 0, 0);

    public static Transition Move(
        long seq, double at, int run, string who, string? from, string to, int attempt, long fencing, bool cancel = false) =>
        new(seq, At(at), At(at), At(at), who, Company, Id(run), Workflow, run == 4 ? "manual" : "scheduled", At(Math.Floor(at / 10) * 10), null, from, to, attempt, fencing, cancel);
}
