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
internal sealed class ProcessRuns(BenchmarkOptions options, AgencyTables tables, Report report)
{
    private const int Parallel = 4;
    private const double AotRunsPerSecond = 50;
    private const double OptInRunsPerSecond = 100;
    private const double WaitingMegabytes = 20;
    private const int EmptyProcesses = 400;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var builds = FoundWorker.FindAll();
        report.Heading($"Runs in processes of their own, {Parallel} at once");
        if (await Machine.ProcessStartsAsync(Parallel, EmptyProcesses, cancellationToken) is { } starts)
        {
            report.Add("process_starts_per_second", "the machine: empty processes, started and ended", "processes/s", [starts]);
        }

        foreach (var build in builds)
        {
            var runs = (build.Name, options.Quick) switch
            {
                ("jit", true) => 8,
                ("jit", false) => 100,
                (_, true) => 120,
                _ => 1000,
            };
            var rates = new List<double>();
            List<double> memory = [];
            for (var round = 0; round < (options.Quick ? 1 : 3); round++)
            {
                memory = await MeasureAsync(build, runs, rates, cancellationToken);
            }

            report.Add($"process_runs_{build.Name}_per_second", build.Name, "runs/s", rates, build.Name switch
            {
                "aot" => Target.Least(AotRunsPerSecond),
                "aot_opt_in" => Target.Least(OptInRunsPerSecond),
                _ => null,
            });
            if (memory.Count > 0)
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

    /// <summary>Adds runs a second to <paramref name="rates"/>; returns the resident memory of the workers that wait.</summary>
    private async Task<List<double>> MeasureAsync(FoundWorker build, int runs, List<double> rates, CancellationToken cancellationToken)
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
        var started = TimeProvider.System.GetTimestamp();
        await DrainAsync(database, scheduler, runs, cancellationToken);
        rates.Add(runs / TimeProvider.System.GetElapsedTime(started).TotalSeconds);
        Progress.Say($"runs in processes: {build.Name} {rates[^1]:0.0}/s");
        if (await Sql.ScalarAsync<long>(database.Administrator, "select count(*) from agency.run where status <> 'succeeded'", cancellationToken) is var failed and > 0)
        {
            var why = await Sql.ScalarAsync<string>(
                database.Administrator, "select coalesce(error_message, status) from agency.run where status <> 'succeeded' limit 1", cancellationToken);
            throw new InvalidOperationException($"{failed} runs did not succeed: {why}");
        }

        return memory;
    }

    private static async Task DrainAsync(BenchmarkDatabase database, RunningServer scheduler, int runs, CancellationToken cancellationToken)
    {
        await AgencySchema.QueueRunsAsync(database, runs, cancellationToken);
        scheduler.Services.GetRequiredService<RunQueueSignal>().Wake();
        await Sql.UntilZeroAsync(
            database.Administrator, AgencySchema.OpenRuns, Limit, cancellationToken);
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
}
