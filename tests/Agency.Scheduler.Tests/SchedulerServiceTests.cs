using System.Net;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Agency.Scheduler.Tests;

/// <summary>From a due workflow to a settled run, through the whole service and a real worker process.</summary>
[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class SchedulerServiceTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private StubServers _stubs = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _stubs = await StubServers.StartAsync();
        await Test.AddCompanyAsync("acme", "Acme");
        Sop("say", "operations.say", """{ "text": "{{ company.name }} {{ context.profile.industry }} {{ inputs.word }}" }""");
        Sop("fail", "operations.fail", "{}");
        Sop("wait", "operations.wait", "{}");
    }

    public override async ValueTask DisposeAsync()
    {
        await _stubs.DisposeAsync();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Service_DueWorkflow_IsExecutedByAWorkerWithTheClientsContext()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "say");
        await Test.ExecuteAsync("""update agency.workflow set inputs = '{"word":"hello"}'""");
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("succeeded");

        var said = Assert.Single(_stubs.State.Calls, c => c.Tool == "say");
        Assert.Equal(("acme", "Acme anvils hello"), (said.Company, said.Text));
        Assert.Equal(["say"], said.Tools);
        var run = await Test.ScalarAsync<Guid>("select run_id from agency.run");
        Assert.All(_stubs.State.Calls, c => Assert.Equal(run, c.Run.Value));
        Assert.Equal(["get_sop"], _stubs.State.Calls.First().Tools);
        Assert.Equal(["1|Say it|operations.say|succeeded|True"], await RowsAsync("select ordinal, title, tool, status, span_id is not null from run_step"));
        Assert.Equal(["3|True|1|0"], await RowsAsync("select r.tool_calls, r.run_seconds > 0, r.attempt, w.failure_count from run r cross join workflow w"));
        var events = await RowsAsync("select type from run_event where type <> 'span' order by event_id");
        Assert.Equal(["claimed", "started", "context_injected", "step_started", "step_finished", "succeeded"], events);
        Assert.Equal(HttpStatusCode.OK, (await scheduler.CreateHttpClient().GetAsync(new Uri("/health", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task Service_RunAndItsServers_ShareOneTrace()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "say");
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("succeeded");

        var trace = (await Test.ScalarAsync<string>("select split_part(trace_parent, '-', 2) from agency.run"))!;
        Assert.Equal([trace], await RowsAsync("select distinct data->>'trace_id' from run_event where type = 'span'"));
        Assert.Equal(trace, Assert.Single(_stubs.State.Calls, c => c.Tool == "say").TraceId);
    }

    [Fact]
    public async Task Service_ToolThatFails_IsRetriedThenEscalated()
    {
        await AddWorkflowAsync("acme", "w", "* * * * * *", DateTimeOffset.UnixEpoch.AddYears(50), type: "fail", maxAttempts: 2, initial: 0);
        await using var scheduler = await StartAsync();

        await RunningScheduler.UntilAsync(
            async () => await Test.ScalarAsync<string>("select status from agency.workflow") == "escalated", DescribeAsync);

        Assert.Equal(["3"], await RowsAsync("select count(*) from run where status = 'failed'"));
        Assert.Equal(["2|transient"], await RowsAsync("select distinct attempt, error_kind from run where status = 'failed'"));
        Assert.Equal(["1|1"], await RowsAsync("select (select count(*) from escalation), (select count(*) from notification)"));
    }

    [Fact]
    public async Task Service_UnknownProcedure_FailsWithoutARetry()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "no_such");
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("failed");

        Assert.Equal(["1|permanent|True"], await RowsAsync("select attempt, error_kind, error_message like '%no_such%' from run"));
    }

    [Fact]
    public async Task Service_WorkerKilled_RunIsLostAndTriedAgain()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait", initial: 0);
        await using var scheduler = await StartAsync(("Scheduler:Prewarmed", "0"));
        await UntilWaitingAsync(1);

        Assert.Equal(1, KillWorkers());
        await UntilWaitingAsync(2);
        _stubs.State.Release();
        await UntilRunsAsync("succeeded");

        Assert.Equal(["2"], await RowsAsync("select attempt from run"));
        Assert.Contains("attempt_lost", (await RowsAsync("select 'attempt_' || type from run_event")).ToArray());
    }

    [Fact]
    public async Task Service_StoppedInTheMiddle_HandsTheRunBackUncountedAndLeavesNothing()
    {
        var folder = Directory.CreateTempSubdirectory("st-").FullName;
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait");
        await using (await StartAsync(("Scheduler:ShutdownGrace", "00:00:00.200"), ("Scheduler:WorkFolder", folder)))
        {
            await UntilWaitingAsync(1);
            Assert.NotEmpty(Directory.EnumerateDirectories(folder));
        }

        Assert.Equal(["queued|0|1"], await RowsAsync("select status, attempt, fencing from run"));
        Assert.Contains("handed_back", await RowsAsync("select type from run_event"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder);

        _stubs.State.Release();
        await using var next = await StartAsync();
        await UntilRunsAsync("succeeded");
        Assert.Equal(["1|2"], await RowsAsync("select attempt, fencing from run"));
    }

    [Fact]
    public async Task Service_StoppedWithTimeToFinish_LetsTheRunFinish()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait");
        await using (var scheduler = await StartAsync(("Scheduler:ShutdownGrace", "00:00:50")))
        {
            await UntilWaitingAsync(1);

            // The run's last call is answered only when the scheduler has begun to stop.
            scheduler.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(_stubs.State.Release);
        }

        Assert.Equal(["succeeded|1|1"], await RowsAsync("select status, attempt, fencing from run"));
    }

    [Fact]
    public async Task Service_CancelAskedForWhileExecuting_KillsTheWorkerAndEndsTheRun()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait");
        await using var scheduler = await StartAsync(("Scheduler:Prewarmed", "0"));
        await UntilWaitingAsync(1);
        Assert.NotEmpty(Workers());

        await Test.ExecuteAsync("update agency.run set cancel_requested_at = now(), cancel_reason = 'Started by mistake.'");
        await UntilRunsAsync("cancelled");

        Assert.Empty(Workers());
        Assert.Equal(["cancelled|Started by mistake.|0"], await RowsAsync("select error_kind, error_message, failure_count from run r cross join workflow w"));
        Assert.Equal(["cancelled"], await RowsAsync("select type from run_event order by event_id desc limit 1"));
    }

    [Fact]
    public async Task Service_ClientFrozenWhileExecuting_KillsTheWorkerAndBeginsAnewAfterwards()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait");
        await using var scheduler = await StartAsync(("Scheduler:Prewarmed", "0"));
        await UntilWaitingAsync(1);

        await Test.ExecuteAsync("""
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
            values (gen_random_uuid(), 'acme', 'freeze', now(), 'r', 'x', now())
            """);
        await UntilRunsAsync("queued");

        await RunningScheduler.UntilAsync(() => Task.FromResult(Workers().Count == 0), DescribeAsync);
        Assert.Equal(["0|0"], await RowsAsync("select attempt, failure_count from run r cross join workflow w"));

        _stubs.State.Release();
        await Test.ExecuteAsync("update agency.work_hold set ends_at = now()");
        await UntilRunsAsync("succeeded");
        Assert.Equal(["1|2"], await RowsAsync("select attempt, fencing from run"));
    }

    [Fact]
    public async Task Service_LaterOccurrenceCancelsThePrevious_ExecutesTheLaterOne()
    {
        await AddWorkflowAsync("acme", "w", "*/2 * * * * *", DateTimeOffset.UnixEpoch.AddYears(50), type: "wait", overlap: "cancel_previous");
        await using var scheduler = await StartAsync();
        await UntilWaitingAsync(3);
        await Test.ExecuteAsync("update agency.workflow set status = 'paused'");
        _stubs.State.Release();
        await RunningScheduler.UntilAsync(
            async () => await Test.ScalarAsync<long>("select count(*) from agency.run where status in ('queued', 'running')") == 0, DescribeAsync);

        Assert.Equal(["cancelled"], await RowsAsync("select distinct status from run where status not in ('succeeded', 'skipped')"));
        Assert.Equal(
            ["succeeded"],
            await RowsAsync("select status from run where status <> 'skipped' order by scheduled_for desc limit 1"));
    }

    [Fact]
    public async Task Service_LeaseTakenOver_KillsItsWorkerAndDropsTheOutcome()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait");
        await using var scheduler = await StartAsync(("Scheduler:Lease", "00:00:03"), ("Scheduler:Prewarmed", "0"));
        await UntilWaitingAsync(1);

        await Test.ExecuteAsync("update agency.run set lease_owner = 'another', fencing = fencing + 1, lease_until = now() + interval '1 hour'");
        await RunningScheduler.UntilAsync(() => Task.FromResult(Workers().Count == 0));
        _stubs.State.Release();

        await RunningScheduler.UntilAsync(async () => await Test.ScalarAsync<long>("select count(*) from agency.run_event where type = 'outcome_refused'") == 1);
        Assert.Equal(["running|another|2"], await RowsAsync("select status, lease_owner, fencing from run"));
    }

    [Fact]
    public async Task Service_RunThatOutlivesItsLease_IsKeptByHeartbeats()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait");
        await using var scheduler = await StartAsync(("Scheduler:Lease", "00:00:01"));
        await UntilWaitingAsync(1);
        var first = await LeaseAsync();

        await RunningScheduler.UntilAsync(async () => await LeaseAsync() > first.AddSeconds(3));
        _stubs.State.Release();
        await UntilRunsAsync("succeeded");

        Assert.Equal(["1|1"], await RowsAsync("select attempt, fencing from run"));
    }

    [Fact]
    public async Task Service_WorkerThatHangs_IsKilledAtItsTimeLimit()
    {
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait", maxAttempts: 1);
        await Test.ExecuteAsync("update agency.workflow set timeout_seconds = 1");
        await using var scheduler = await StartAsync(("Scheduler:KillAfter", "00:00:00"), ("Scheduler:Prewarmed", "0"));

        await UntilRunsAsync("failed");

        Assert.Equal(["timeout"], await RowsAsync("select error_kind from run"));
        Assert.Empty(Workers());
    }

    [Fact]
    public async Task Start_NoWorkerThere_RefusesAndSaysWhatToDo()
    {
        var refused = await Assert.ThrowsAsync<FileNotFoundException>(() => StartAsync(("AGENCY_WORKER_PATH", "/no/such/worker")));
        Assert.Contains("AGENCY_WORKER_PATH", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OptionOutOfRange_RefusesAndNamesTheSetting()
    {
        var refused = await Assert.ThrowsAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => StartAsync(("Scheduler:Workers", "0")));
        Assert.Contains("Scheduler:Workers", refused.Message, StringComparison.Ordinal);
    }

    private Task<RunningServer> StartAsync(params (string Key, string Value)[] settings) => RunningScheduler.StartAsync(Test, _stubs, settings);

    private void Sop(string name, string tool, string arguments) => _stubs.State.Sops[name] = $"""
        ---
        name: {name}
        inputs:
          - name: word
            description: A word.
            default: hi
        ---
        # {name}

        1. **Say it.** Now.

           ```tool {tool} as it
           {arguments}
           ```
        """;

    private Task UntilRunsAsync(string status) => RunningScheduler.UntilAsync(
        async () => await Test.ScalarAsync<string>("select min(status) from agency.run") == status, DescribeAsync);

    private async Task<string> DescribeAsync() =>
        string.Join('\n', await RowsAsync("select status, attempt, error_message from run; select type, message from run_event where type <> 'span'"));

    private Task UntilWaitingAsync(int calls) =>
        RunningScheduler.UntilAsync(() => Task.FromResult(_stubs.State.Calls.Count(c => c.Tool == "wait") >= calls), DescribeAsync);

    private Task<DateTime> LeaseAsync() => Test.ScalarAsync<DateTime>("select lease_until from agency.run");

    /// <summary>The worker processes that this process has started.</summary>
    internal static List<int> Workers() =>
        [.. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(int.Parse!).Where(IsWorker)];

    private static bool IsWorker(int pid)
    {
        try
        {
            var parent = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..].Trim();
            return parent == Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture)
                && File.ReadAllText($"/proc/{pid}/cmdline").Contains("Agency.Worker", StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static int KillWorkers()
    {
        var workers = Workers();
        foreach (var pid in workers)
        {
            using var process = System.Diagnostics.Process.GetProcessById(pid);
            process.Kill();
        }

        return workers.Count;
    }
}
