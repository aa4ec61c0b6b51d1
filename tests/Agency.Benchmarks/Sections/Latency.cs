using System.Diagnostics.Metrics;
using Agency.Benchmarks.AgencyParts;
using Agency.Benchmarks.Measuring;
using Agency.Benchmarks.Reporting;
using Agency.Scheduler;
using Agency.Scheduler.Workers;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Benchmarks.Sections;

/// <summary>
/// From the answer of run_workflow_now to the worker's "started" in the scheduler. All is real: the operations server over MCP, the scheduler,
/// pre-warmed worker processes; one run after the other, each when the workers have warmed up again.
/// </summary>
internal sealed class Latency(BenchmarkOptions options, AgencyTables tables, Report report)
{
    private const double MedianMs = 10;
    private const double NinetyNinthMs = 50;
    private const double PollingMs = 1000;

    /// <summary>Until the code has been compiled for good, which a method is after thirty calls. Where the polling is what counts, fewer do.</summary>
    private const int WarmUpRuns = 40;
    private const int PollingWarmUpRuns = 5;

    /// <summary>What a quick run measures at least when it is short of time.</summary>
    private const int FewestRuns = 10;

    private static readonly TimeSpan QuickUntil = TimeSpan.FromSeconds(150);

    private const int Prewarmed = 2;

    /// <summary>Sixteen different ones in turn, so that runs come at any point between two looks of a scheduler that polls.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        report.Heading("run_workflow_now answered to started, pre-warmed worker");
        var worker = FoundWorker.Preferred();
        report.Note($"worker: {worker.Name}, {worker.Path}");
        await using (var redis = await TestRedis.StartAsync(cancellationToken))
        {
            var with = await MeasureAsync(worker, redis.ConnectionString, options.Quick ? 50 : 100, cancellationToken);
            report.Add("latency_redis_p50_ms", "with Redis: p50", "ms", [Statistics.Quantile(with, 0.5)], Target.Most(MedianMs));
            report.Add("latency_redis_p99_ms", "with Redis: p99", "ms", [Statistics.Quantile(with, 0.99)], Target.Most(NinetyNinthMs));
            report.Add("latency_redis_ms", "with Redis: all runs", "ms", with);
        }

        var without = await MeasureAsync(worker, "", options.Quick ? 16 : 96, cancellationToken);
        report.Add("latency_polling_p50_ms", "without Redis: p50", "ms", [Statistics.Quantile(without, 0.5)]);
        report.Add("latency_polling_p99_ms", "without Redis: p99", "ms", [Statistics.Quantile(without, 0.99)], Target.Most(PollingMs));
        report.Add("latency_polling_ms", "without Redis: all runs", "ms", without);
    }

    /// <summary>Milliseconds, sorted. One may be negative: the run began before its caller had the answer.</summary>
    private async Task<double[]> MeasureAsync(FoundWorker worker, string redis, int runs, CancellationToken cancellationToken)
    {
        await using var database = await tables.CreateAsync("latency", cancellationToken);
        await AgencySchema.AddWorkflowsAsync(database, 1, "null", "null", cancellationToken);
        using var tokens = new TestTokens();
        await using var stubs = await StubServers.StartAsync(tokens);
        await using var operations = await AgencyService.StartOperationsAsync(database, tokens, redis);
        await using var scheduler = await AgencyService.StartSchedulerAsync(
            database,
            tokens,
            new Dictionary<string, string?>(stubs.Settings)
            {
                ["AGENCY_WORKER_PATH"] = worker.Path,
                ["ConnectionStrings:redis"] = redis,
                ["Scheduler:Prewarmed"] = $"{Prewarmed}",
            });
        using var began = new BeganListener();
        var client = await operations.ConnectAsync(tokens.Operator("operations"));
        var pool = scheduler.Services.GetRequiredService<WorkerPool>();
        var samples = new List<double>(runs);
        for (var run = redis.Length > 0 ? -WarmUpRuns : -PollingWarmUpRuns; run < runs && (run < FewestRuns || !options.Quick || Progress.Elapsed < QuickUntil); run++)
        {
            await WarmAsync(pool, cancellationToken);
            await Task.Delay(Pause * (redis.Length > 0 ? 1 : 1 + (run & 15)), TimeProvider.System, cancellationToken);
            var next = began.NextAsync();
            var answer = await client.CallToolAsync(
                "run_workflow_now", new Dictionary<string, object?> { ["client"] = "c0", ["id"] = "w0" }, cancellationToken: cancellationToken);
            var answered = TimeProvider.System.GetTimestamp();
            if (answer.IsError is true)
            {
                throw new InvalidOperationException($"run_workflow_now: {string.Join(' ', answer.Content)}");
            }

            var at = await next.WaitAsync(Limit, TimeProvider.System, cancellationToken);
            if (run >= 0)
            {
                samples.Add((at - answered) * 1000.0 / TimeProvider.System.TimestampFrequency);
            }

            await Sql.UntilZeroAsync(
                database.Administrator, AgencySchema.OpenRuns, Limit, cancellationToken);
        }

        if (await Sql.ScalarAsync<long>(database.Administrator, "select count(*) from agency.run where status <> 'succeeded'", cancellationToken) is var failed and > 0)
        {
            throw new InvalidOperationException($"{failed} runs did not succeed.");
        }

        Progress.Say($"latency {(redis.Length > 0 ? "with" : "without")} Redis: {samples.Count} runs measured");
        samples.Sort();
        return [.. samples];
    }

    private static async Task WarmAsync(WorkerPool pool, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (pool.Waiting < Prewarmed)
        {
            if (TimeProvider.System.GetElapsedTime(started) > Limit)
            {
                throw new TimeoutException("The workers did not warm up.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }
    }

    /// <summary>Hears the scheduler's metric in the moment in which it receives a worker's "started".</summary>
    private sealed class BeganListener : IDisposable
    {
        private readonly MeterListener _listener = new();
        private TaskCompletionSource<long> _next = new();

        public BeganListener()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == SchedulerTelemetry.StartDelayName)
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<double>((_, _, _, _) => _next.TrySetResult(TimeProvider.System.GetTimestamp()));
            _listener.Start();
        }

        public Task<long> NextAsync()
        {
            _next = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            return _next.Task;
        }

        public void Dispose() => _listener.Dispose();
    }
}
