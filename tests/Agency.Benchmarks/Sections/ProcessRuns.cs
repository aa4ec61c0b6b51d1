using Agency.Benchmarks.AgencyParts;
using Agency.Benchmarks.Measuring;
using Agency.Benchmarks.Reporting;
using Agency.Scheduler.Dispatch;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Benchmarks.Sections;

/// <summary>
/// Runs in worker processes of their own: one tool call through the gateway to a local MCP server, no context, settled. For each build of the
/// worker that is there.
/// </summary>
internal sealed class ProcessRuns(BenchmarkOptions options, BenchmarkServer server, AgencyTables tables, Report report)
{
    private const int Parallel = 4;
    private const double AotRunsPerSecond = 50;
    private const double OptInRunsPerSecond = 100;
    private const double WaitingMegabytes = 20;
    private const int EmptyProcesses = 400;

    /// <summary>Code is compiled for good a while after its thirtieth call; workers have nothing to compile.</summary>
    private const int WarmUpRuns = 500;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Looking takes from what is measured, for many seconds.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <summary>The scheduler's code and the servers' have been compiled for good.</summary>
    private bool _warm;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var builds = FoundWorker.FindAll();
        report.Heading($"Runs in processes of their own, {Parallel} at once");
        if (await Machine.ProcessStartsAsync(Parallel, EmptyProcesses, cancellationToken) is { } starts)
        {
            report.Add("process_starts_per_second", "the machine: empty processes, started and ended", "processes/s", [starts]);
        }

        foreach (var build in builds.Where(b => options.Workers.Contains(b.Name)))
        {
            var runs = (build.Name, options.Quick) switch
            {
                ("jit", true) => 8,
                ("jit", false) => 100,
                (_, true) => 120,
                _ => 1000,
            };
            if (build.Name != "jit" && !_warm)
            {
                _warm = true;
                await MeasureAsync(build, WarmUpRuns, cancellationToken);
            }

            var rounds = new List<Round>();
            while (rounds.Count < (options.Quick ? 1 : 3))
            {
                rounds.Add(await MeasureAsync(build, runs, cancellationToken));
                Progress.Say($"runs in processes: {build.Name} {rounds[^1].PerSecond:0.0}/s");
            }

            report.Add($"process_runs_{build.Name}_per_second", build.Name, "runs/s", rounds.Select(r => r.PerSecond), build.Name switch
            {
                "aot" => Target.Least(AotRunsPerSecond),
                "aot_opt_in" => Target.Least(OptInRunsPerSecond),
                _ => null,
            });
            if (rounds.All(r => r.ProcessorMilliseconds is not null))
            {
                report.Add(
                    $"process_runs_{build.Name}_processor_milliseconds", $"{build.Name}: processor time of the whole machine, a run", "ms",
                    rounds.Select(r => r.ProcessorMilliseconds!.Value));
            }

            if (rounds[^1].WaitingMegabytes is { Count: > 0 } memory)
            {
                report.Add(
                    $"process_runs_{build.Name}_waiting_megabytes", $"{build.Name}: resident memory of a waiting worker", "MB", memory,
                    build.Name == "jit" ? null : Target.Most(WaitingMegabytes));
            }

            report.Note($"{build.Name}: {build.Path}");
        }

        if (builds.Count == 1)
        {
            report.Note("no NativeAOT build was found: publish Agency.Worker as the README says, or name it in AGENCY_WORKER_PATH");
        }
    }

    private async Task<Round> MeasureAsync(FoundWorker build, int runs, CancellationToken cancellationToken)
    {
        await using var database = await tables.CreateAsync("process_runs", cancellationToken);
        await AgencySchema.AddWorkflowsAsync(database, runs, "null", "null", cancellationToken);
        using var tokens = new TestTokens();
        await using var stubs = await StubServers.StartAsync(tokens);
        await using var scheduler = await AgencyService.StartSchedulerAsync(
            database,
            tokens,
            new Dictionary<string, string?>(stubs.Settings)
            {
                ["AGENCY_WORKER_PATH"] = build.Path,
                ["Scheduler:Workers"] = $"{Parallel}",
                ["Scheduler:Prewarmed"] = "2",
            });
        await DrainAsync(database, scheduler, Parallel, cancellationToken);
        var memory = await MemoryAsync(cancellationToken);
        var costs = options.Statements ? new StatementCosts(server) : null;
        await (costs?.BeginAsync(cancellationToken) ?? Task.CompletedTask);
        var (started, busy) = (TimeProvider.System.GetTimestamp(), Machine.Busy());
        await DrainAsync(database, scheduler, runs, cancellationToken);
        var round = new Round(
            runs / TimeProvider.System.GetElapsedTime(started).TotalSeconds, (Machine.Busy() - busy)?.TotalMilliseconds / runs, memory);
        await (costs?.EndAsync(database.Name, cancellationToken) ?? Task.CompletedTask);
        if (await Sql.ScalarAsync<long>(database.Administrator, "select count(*) from agency.run where status <> 'succeeded'", cancellationToken) is var failed and > 0)
        {
            var why = await Sql.ScalarAsync<string>(
                database.Administrator, "select coalesce(error_message, status) from agency.run where status <> 'succeeded' limit 1", cancellationToken);
            throw new InvalidOperationException($"{failed} runs did not succeed: {why}");
        }

        return round;
    }

    private static async Task DrainAsync(BenchmarkDatabase database, RunningServer scheduler, int runs, CancellationToken cancellationToken)
    {
        await AgencySchema.QueueRunsAsync(database, runs, cancellationToken);
        scheduler.Services.GetRequiredService<RunQueueSignal>().Wake();
        await Sql.UntilZeroAsync(
            database.Administrator, AgencySchema.OpenRuns, Limit, cancellationToken, LookAgain);
    }

    /// <summary>When the two that wait have warmed up: after a second in which nothing changed.</summary>
    private static async Task<List<double>> MemoryAsync(CancellationToken cancellationToken)
    {
        List<double> before;
        var now = ChildProcesses.ResidentMegabytes("Agency.Worker");
        do
        {
            before = now;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            now = ChildProcesses.ResidentMegabytes("Agency.Worker");
        }
        while (now.Count != before.Count || now.Sum() > before.Sum() * 1.01);
        return now;
    }

    /// <param name="PerSecond">Runs.</param>
    /// <param name="ProcessorMilliseconds">Of all processes and the kernel, a run; null where the machine does not tell.</param>
    /// <param name="WaitingMegabytes">Resident memory of each worker that waited.</param>
    private sealed record Round(double PerSecond, double? ProcessorMilliseconds, List<double> WaitingMegabytes);
}
