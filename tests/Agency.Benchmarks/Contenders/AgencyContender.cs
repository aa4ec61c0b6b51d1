using Agency.Benchmarks.AgencyParts;
using Agency.Benchmarks.Measuring;
using Agency.Scheduler.Dispatch;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Benchmarks.Contenders;

/// <summary>The agency's own scheduler: the service as it is, with all its loops, but for the executor.</summary>
internal sealed class AgencyContender(int jobs) : IContender, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TestTokens _tokens = new();

    public string Name => "agency";

    public string Description =>
        $"Agency.Scheduler with an executor that does nothing: {AgencySchema.Companies} companies that may run 1,000 at once each, " +
        $"Scheduler:Workers = {AgencyService.Workers}, no Redis, all else as by default";

    public bool KeepsHistory => true;

    public int DueJobs => jobs;

    public int BacklogJobs => jobs;

    public bool IsSlow => false;

    public Task CreateSchemaAsync(BenchmarkDatabase database, CancellationToken cancellationToken) => AgencySchema.CreateAsync(database, cancellationToken);

    public async Task FillHistoryAsync(BenchmarkDatabase database, int runs, CancellationToken cancellationToken)
    {
        await AgencySchema.AddWorkflowsAsync(database, jobs, "null", "null", cancellationToken);
        await AgencySchema.AddHistoryAsync(database, jobs, runs, cancellationToken);
    }

    public async Task<double> DueAtOnceAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        var log = StartLog.Current = new StartLog(count);
        await using var scheduler = await AgencyService.StartIdleSchedulerAsync(database, _tokens);
        var due = DueInstant.After(TimeSpan.FromSeconds(3));
        await AgencySchema.AddWorkflowsAsync(database, count, "$1", $"'{due.Utc:s m H} * * *'", cancellationToken, due.Utc);
        if (TimeProvider.System.GetUtcNow() > due.Utc)
        {
            throw new TimeoutException("The machine is too busy: the workflows were due before they were written.");
        }

        await log.WaitAsync(cancellationToken);
        await SettledAsync(database, cancellationToken);
        log.Verify();
        return due.SecondsTo(log.Last);
    }

    public async Task<double> BacklogAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        var log = StartLog.Current = new StartLog(count);
        if (count > 0)
        {
            await AgencySchema.AddWorkflowsAsync(database, count, "null", "null", cancellationToken);
        }

        await using var scheduler = await AgencyService.StartIdleSchedulerAsync(database, _tokens);
        if (count == 0)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            return 0;
        }

        await AgencySchema.QueueRunsAsync(database, count, cancellationToken);

        // What who queues a run does, in place of Redis.
        var started = TimeProvider.System.GetTimestamp();
        scheduler.Services.GetRequiredService<RunQueueSignal>().Wake();
        await log.WaitAsync(cancellationToken);
        await SettledAsync(database, cancellationToken);
        log.Verify();
        return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose() => _tokens.Dispose();

    private static Task SettledAsync(BenchmarkDatabase database, CancellationToken cancellationToken) =>
        Sql.UntilZeroAsync(database.Administrator, AgencySchema.OpenRuns, Limit, cancellationToken);
}
