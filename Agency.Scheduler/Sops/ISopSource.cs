using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;

namespace Agency.Scheduler.Sops;

/// <summary>Where procedures come from.</summary>
internal interface ISopSource
{
    /// <summary>The procedure as the run's company has it, or how the attempt has failed.</summary>
    Task<SopText> GetAsync(ClaimedRun run, CancellationToken cancellationToken);
}

/// <summary>A procedure's Markdown, or the failure in its stead.</summary>
internal readonly record struct SopText(string? Markdown, AttemptResult.Failed? Failure);
