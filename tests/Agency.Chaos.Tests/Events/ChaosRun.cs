using System.Globalization;
using Agency.Chaos.Tests.Parts;
using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Events;

/// <summary>Starts everything, lets the plan happen to it, brings it back to health, waits until nothing is open, and reads what is left.</summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    public const int Schedulers = 3;

    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(4);

    /// <summary>Nothing may stand still for longer, however slow the machine is.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly List<SchedulerProcess> _schedulers = [];
    private readonly List<string> _told = [];
    private readonly string _folder;
    private readonly ChaosServers _servers;
    private readonly ChaosPostgres _postgres;
    private readonly ChaosRedis _redis;
    private readonly Operator _operator;
    private readonly Freezing _freezing;
    private IReadOnlyList<CompanyFacts> _companies = [];
    private IReadOnlyList<WorkflowFacts> _workflows = [];
    private long _started;

    private ChaosRun(string folder, ChaosServers servers, ChaosPostgres postgres)
    {
        (_folder, _servers, _postgres) = (folder, servers, postgres);
        _redis = new ChaosRedis(Directory.CreateDirectory(Path.Combine(folder, "redis")).FullName);
        _operator = new Operator(postgres, _time);
        _freezing = new Freezing(_operator, servers.Log, _time);
    }

    /// <summary>What happened when, as it was told.</summary>
    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public IReadOnlyList<SchedulerProcess> Processes => _schedulers;

    /// <param name="folder">Short, and one that the database's user can reach.</param>
    /// <param name="seed">Decides what fails.</param>
    public static async Task<ChaosRun> StartAsync(string folder, int seed)
    {
        var run = new ChaosRun(folder, await ChaosServers.StartAsync(seed), await ChaosPostgres.StartAsync(Path.Combine(folder, "postgres")));
        await run._redis.StartAsync();
        (run._companies, run._workflows) = await Population.AddAsync(run._postgres.AdminConnectionString);
        for (var i = 0; i < Schedulers; i++)
        {
            run._schedulers.Add(new SchedulerProcess(string.Create(CultureInfo.InvariantCulture, $"s{i}"), folder, run.Settings));
            run._schedulers[i].Start();
        }

        run._started = run._time.GetTimestamp();
        return run;
    }

    public async Task<History> HappenAsync(IReadOnlyList<ChaosEvent> plan, TimeSpan length)
    {
        var events = new List<Task>();
        foreach (var planned in plan)
        {
            await UntilAsync(planned.At);
            events.Add(Task.Run(() => HappenAsync(planned)));
        }

        await UntilAsync(length);
        await Task.WhenAll(events);
        return await SettleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var scheduler in _schedulers)
        {
            await scheduler.DisposeAsync();
        }

        await _redis.DisposeAsync();
        await _servers.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private async Task HappenAsync(ChaosEvent planned)
    {
        var scheduler = _schedulers[planned.Target % Schedulers];
        if (!ChaosPlan.TakesItsTurn(planned.Kind))
        {
            await HappenAsync(planned, scheduler);
            return;
        }

        // On a slow machine the event before may not be over when planned.
        await scheduler.Turn.WaitAsync();
        try
        {
            await HappenAsync(planned, scheduler);
        }
        finally
        {
            scheduler.Turn.Release();
        }
    }

    private async Task HappenAsync(ChaosEvent planned, SchedulerProcess scheduler)
    {
        Tell(planned.ToString());
        var workflow = _workflows[planned.Target % _workflows.Count];
        var company = _companies[planned.Target % _companies.Count].Company;
        switch (planned.Kind)
        {
            case ChaosKind.KillScheduler:
                await scheduler.KillAsync();
                await Task.Delay(planned.Duration, _time);
                scheduler.Start();
                break;
            case ChaosKind.TerminateScheduler:
                await scheduler.TerminateAsync();
                await Task.Delay(planned.Duration, _time);
                scheduler.Start();
                break;
            case ChaosKind.FreezeScheduler or ChaosKind.FreezeMachine:
                var withWorkers = planned.Kind is ChaosKind.FreezeMachine;
                var frozen = await _freezing.UntilInTheMiddleAsync(scheduler);
                scheduler.Freeze(withWorkers);
                await Task.Delay(planned.Duration, _time);
                Tell(await _freezing.UntilBegunAnewAsync(frozen) ? $"         {scheduler.Name} thaws with a run that another one has begun anew" : $"         {scheduler.Name} thaws");
                scheduler.Thaw(withWorkers);
                break;
            case ChaosKind.ClockForward or ChaosKind.ClockBack:
                scheduler.SetClock(TimeSpan.FromHours(planned.Kind is ChaosKind.ClockForward ? 1 : -1));
                await Task.Delay(planned.Duration, _time);
                scheduler.SetClock(TimeSpan.Zero);
                break;
            case ChaosKind.KillWorker:
                Tell(scheduler.KillWorker(new Random(planned.Target)) ? $"         a worker of {scheduler.Name} is killed" : $"         {scheduler.Name} has no worker");
                break;
            case ChaosKind.RestartPostgres or ChaosKind.CrashPostgres:
                await _postgres.StopAsync(immediately: planned.Kind is ChaosKind.CrashPostgres);
                await Task.Delay(planned.Duration, _time);
                await _postgres.StartAgainAsync();
                break;
            case ChaosKind.DropConnections:
                await _operator.DropConnectionsAsync(scheduler.Name);
                break;
            case ChaosKind.KillRedis:
                await _redis.KillAsync();
                await Task.Delay(planned.Duration, _time);
                await _redis.StartAsync();
                break;
            case ChaosKind.FlushRedis:
                await _redis.FlushAsync();
                break;
            case ChaosKind.RunNow:
                await _operator.RunNowAsync(workflow);
                break;
            case ChaosKind.PauseWorkflow:
                await _operator.PauseAsync(workflow, planned.Duration);
                break;
            case ChaosKind.ResumeEscalated:
                await _operator.ResumeEscalatedAsync(_workflows);
                break;
            case ChaosKind.CancelRun:
                await _operator.CancelOneAsync(company);
                break;
            case ChaosKind.HoldClient:
                await _operator.HoldAsync(company, planned.Duration);
                break;
            case ChaosKind.HoldAll:
                await _operator.HoldAsync(null, planned.Duration);
                break;
        }
    }

    /// <summary>
    /// All is healthy again by now. Escalated workflows are resumed, so that the planner tells what it skipped; when nothing is due any more,
    /// planning is ended by taking the next occurrences away; then the open runs must come to their ends.
    /// </summary>
    private async Task<History> SettleAsync()
    {
        Tell("all is healthy again");
        await _operator.ResumeEscalatedAsync(_workflows);
        await WaitAsync("every workflow is planned up to now", "select count(*) from agency.workflow where status = 'active' and next_run < now() - interval '1 second'");
        var reader = new HistoryReader(_postgres.AdminConnectionString);
        var lastWorkflows = new List<WorkflowRow>();
        foreach (var workflow in _workflows)
        {
            var next = await _operator.ScalarAsync<DateTime?>(
                """
                update agency.workflow w set next_run = null from (select * from agency.workflow where company_id = $1 and workflow_id = $2 for update) old
                where w.company_id = $1 and w.workflow_id = $2 returning old.next_run
                """,
                workflow.Company, workflow.Workflow);
            lastWorkflows.Add(new WorkflowRow(workflow.Company, workflow.Workflow, "", 0, next is { } utc ? new DateTimeOffset(utc, TimeSpan.Zero) : null));
        }

        await WaitAsync("no run is open", "select count(*) from agency.run where status in ('queued', 'running', 'waiting')");
        foreach (var scheduler in _schedulers)
        {
            await scheduler.TerminateAsync();
        }

        var nexts = lastWorkflows.ToDictionary(w => (w.Company, w.Workflow), w => w.NextRun);
        return new History
        {
            Companies = _companies,
            Workflows = _workflows,
            WorkflowRows = [.. (await reader.WorkflowsAsync()).Select(w => w with { NextRun = nexts[(w.Company, w.Workflow)] })],
            Runs = await reader.RunsAsync(),
            Events = await reader.EventsAsync(),
            Transitions = await reader.TransitionsAsync(),
            WorkflowChanges = await reader.WorkflowChangesAsync(),
            Escalations = await reader.EscalationsAsync(),
            Log = _servers.Log.Entries,
            Holds = _operator.Holds,
            Pauses = _operator.Pauses,
            ManualRequests = _operator.Requests,
            ProcessFaults = [.. _schedulers.SelectMany(s => s.Faults)],
        };
    }

    /// <summary>Waits as long as the rows still move, and goes on when they do not: the checks then say what is wrong.</summary>
    private async Task WaitAsync(string what, string countOfTheRest)
    {
        var started = _time.GetTimestamp();
        var (moved, at) = (0L, started);
        while (await _operator.ScalarAsync<long>(countOfTheRest) is var left and > 0)
        {
            if (await _operator.ScalarAsync<long>("select count(*) from chaos.transition") is var now && now != moved)
            {
                (moved, at) = (now, _time.GetTimestamp());
            }
            else if (_time.GetElapsedTime(at) > Patience)
            {
                Tell(string.Create(CultureInfo.InvariantCulture, $"waited in vain until {what}: {left} are left"));
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), _time);
        }

        Tell(string.Create(CultureInfo.InvariantCulture, $"{what}, after {_time.GetElapsedTime(started).TotalSeconds:0.0} s"));
    }

    private Dictionary<string, string?> Settings(string who) => _servers.Tokens.Settings.Concat(_servers.Settings).Concat(new Dictionary<string, string?>
    {
        ["ConnectionStrings:agency"] = _postgres.SchedulerConnectionString(who),
        ["ConnectionStrings:redis"] = _redis.ConnectionString,
        ["Tokens:SigningKey"] = _servers.Tokens.SchedulerSigningKey,
        ["Scheduler:Lease"] = Lease.ToString("c", CultureInfo.InvariantCulture),
        ["Scheduler:Workers"] = "3",
        ["Scheduler:Prewarmed"] = "1",
        ["Scheduler:PollInterval"] = "00:00:00.500",
        ["Scheduler:ShutdownGrace"] = "00:00:01",
        ["Scheduler:KillAfter"] = "00:00:01",
        ["Logging:LogLevel:Default"] = "Warning",
        ["Logging:Console:FormatterName"] = "simple",
        ["Logging:Console:FormatterOptions:SingleLine"] = "true",
        ["Logging:Console:FormatterOptions:UseUtcTimestamp"] = "true",
        ["Logging:Console:FormatterOptions:TimestampFormat"] = "HH:mm:ss.fff ",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
        ["PRODUCTION_MODE"] = "",
        ["JULES_COMPANY"] = "",
    }).ToDictionary();

    private Task UntilAsync(TimeSpan at)
    {
        var left = at - _time.GetElapsedTime(_started);
        return left > TimeSpan.Zero ? Task.Delay(left, _time) : Task.CompletedTask;
    }

    private void Tell(string what)
    {
        lock (_told)
        {
            _told.Add(string.Create(CultureInfo.InvariantCulture, $"{_time.GetElapsedTime(_started).TotalSeconds,6:0.0} s  {what}"));
        }
    }
}
