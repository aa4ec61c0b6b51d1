using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Workers;
using Agency.Testing;
using Agency.WorkerProtocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Workers;

public sealed class RunJournalTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private ClaimedRun _run = null!;
    private JournalWriter? _writer;

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

        Assert.Equal(["note", "step_finished", "step_finished"], await RowsAsync("select type from run_event order by event_id"));
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

        Assert.Empty(await RowsAsync("select type from run_event"));
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

        Assert.Equal([$"{RunJournal.MaxEntries}|1"], await RowsAsync("select count(*), count(*) filter (where message like 'The history ends%') from run_event"));
    }

    [Fact]
    public async Task Add_OneOfManyRunsIsStale_TheOthersAreWritten()
    {
        for (var i = 0; i < 20; i++)
        {
            await AddWorkflowAsync("acme", $"w{i}", null, null);
            await AddRunAsync("acme", $"w{i}");
        }

        await Test.ExecuteAsync("update agency.company set max_concurrent_runs = 100");
        var runs = await NewClaimer().ClaimAsync(100, default);
        Assert.Equal(20, runs.Count);
        var stale = runs[7];

        await Task.WhenAll(runs.Select(async run =>
        {
            await using var journal = New(run == stale ? run with { Key = run.Key with { Owner = "another" } } : run);
            await journal.AddAsync("note", run.Key.RunId.ToString(), default);
            await journal.AddAsync(Step(1, null), default);
            await journal.AddAsync(Step(1, "again"), default);
        }));

        Assert.Equal(["19|57"], await RowsAsync("select count(distinct run_id), count(*) from run_event"));
        Assert.Equal(["0"], await RowsAsync("select count(*) from run_event where type = 'note' and message <> run_id::text"));
        Assert.Equal(["19|again"], await RowsAsync("select count(*), min(error) from run_step"));
        Assert.Equal(["0"], await RowsAsync($"select count(*) from run_event where run_id = '{stale.Key.RunId}'"));
    }

    [Fact]
    public async Task Add_RunsRowIsLocked_HoldsUpNoOtherRunAndIsWrittenAfterwards()
    {
        await AddWorkflowAsync("acme", "other", null, null);
        await AddRunAsync("acme", "other");
        var other = Assert.Single(await NewClaimer().ClaimAsync(1, default));
        await using var connection = new Npgsql.NpgsqlConnection(Test.AdminConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("select 1 from agency.run where run_id = $1 for no key update", connection, transaction))
        {
            command.Parameters.AddWithValue(_run.Key.RunId.Value);
            await command.ExecuteNonQueryAsync();
        }

        var locked = New(_run);
        await locked.AddAsync("note", "late", default);
        var closing = locked.DisposeAsync().AsTask();
        for (var i = 0; i < 5; i++)
        {
            await using var journal = New(other);
            await journal.AddAsync("note", "in time", default);
        }

        Assert.False(closing.IsCompleted);
        Assert.Equal(["5|in time"], await RowsAsync("select count(*), min(message) from run_event where type = 'note'"));
        await transaction.RollbackAsync();
        await closing;
        Assert.Equal(["1"], await RowsAsync("select count(*) from run_event where message = 'late'"));
    }

    [Fact]
    public async Task Add_WhileTheRunGoesOn_IsWrittenAfterAMoment()
    {
        await using var journal = New(_run);
        await journal.AddAsync("note", "now", default);

        await RunningScheduler.UntilAsync(async () =>
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            return (await RowsAsync("select message from run_event where type = 'note'")).Count == 1;
        });
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

    private RunJournal New(ClaimedRun run) => new(_writer ??= new JournalWriter(Database), run, Time, NullLogger.Instance);
}
