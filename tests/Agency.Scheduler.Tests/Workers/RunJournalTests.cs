using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Workers;
using Agency.Testing;
using Agency.WorkerProtocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Workers;

public sealed class RunJournalTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private ClaimedRun _run = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await Test.AddCompanyAsync("acme");
        await AddWorkflowAsync("acme", "w", null, null);
        await AddRunAsync("acme", "w");
        _run = Assert.Single(await NewClaimer().ClaimAsync(1, default));
    }

    [Fact]
    public async Task Add_EventsAndSteps_AreWrittenInOrder()
    {
        await using (var journal = New(_run))
        {
            await journal.AddAsync(new NoteEvent { At = Noon, Message = "Nul \0 and 'quote'." }, default);
            await journal.AddAsync(Step(1, null), default);
            await journal.AddAsync(Step(2, "boom"), default);
        }

        Assert.Equal(["claimed", "note", "step_finished", "step_finished"], await RowsAsync("select type from run_event order by event_id"));
        Assert.Equal(
            ["1|One|context.recall|succeeded|2026-05-04 11:59:58|-", "2|One|context.recall|failed|2026-05-04 11:59:58|boom"],
            await RowsAsync("select ordinal, title, tool, status, started_at, error from run_step order by ordinal"));
    }

    [Fact]
    public async Task Add_StaleFencingNumber_WritesNothing()
    {
        await using (var journal = New(_run with { Key = _run.Key with { Fencing = 0 } }))
        {
            await journal.AddAsync("note", "Late.", default);
            await journal.AddAsync(Step(1, null), default);
        }

        Assert.Empty(await RowsAsync("select type from run_event where type <> 'claimed'"));
        Assert.Empty(await RowsAsync("select ordinal from run_step"));
    }

    [Fact]
    public async Task Add_FarTooMany_EndsTheHistory()
    {
        await using (var journal = New(_run))
        {
            for (var i = 0; i < RunJournal.MaxEntries + 50; i++)
            {
                await journal.AddAsync("note", "n", default);
            }
        }

        Assert.Equal([$"{RunJournal.MaxEntries}|1"], await RowsAsync("select count(*), count(*) filter (where message like 'The history ends%') from run_event where type <> 'claimed'"));
    }

    private static StepFinishedEvent Step(int ordinal, string? error) => new()
    {
        At = Noon,
        Ordinal = ordinal,
        Title = "One",
        Tool = "context.recall",
        Status = error is null ? StepStatus.Succeeded : StepStatus.Failed,
        DurationMs = 2000,
        Error = error is null ? null : new RunError(FailureKind.Transient, error),
    };

    private RunJournal New(ClaimedRun run) => new(Database, run, Time, NullLogger.Instance);
}
