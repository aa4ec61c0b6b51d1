using Agency.Benchmarks.Measuring;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;
using Agency.Scheduler.Workers;

namespace Agency.Benchmarks.AgencyParts;

/// <summary>Takes the place of the worker processes: each attempt succeeds at once.</summary>
internal sealed class NoOpExecutor : IRunExecutor
{
    private static readonly Task<AttemptResult> Done = Task.FromResult<AttemptResult>(new AttemptResult.Succeeded("Done."));

    public Task<AttemptResult> ExecuteAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        StartLog.Current!.Started();
        return Done;
    }
}
