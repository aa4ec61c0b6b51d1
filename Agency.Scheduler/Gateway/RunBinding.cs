using System.Collections.Concurrent;

namespace Agency.Scheduler.Gateway;

/// <summary>The run that a gateway serves.</summary>
/// <param name="Grant">What it may reach.</param>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Log">How often its worker may be complained of.</param>
/// <param name="IsHeld">Whether the run is certainly this scheduler's still; nothing is passed on otherwise.</param>
internal sealed record RunBinding(RunGrant Grant, RunTokens Tokens, LogBudget Log, Func<CancellationToken, ValueTask<bool>> IsHeld)
{
    /// <summary>Its sessions with those connectors that want one, by the connector's name.</summary>
    public ConcurrentDictionary<string, string> Sessions { get; } = new(StringComparer.Ordinal);
}
