using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;

namespace Agency.Scheduler.Workers;

/// <summary>Carries out one attempt of a claimed run.</summary>
internal interface IRunExecutor
{
    /// <summary>How the attempt ended. Nothing of it goes on when this returns.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; the attempt was ended.</exception>
    Task<AttemptResult> ExecuteAsync(ClaimedRun run, CancellationToken cancellationToken);
}
