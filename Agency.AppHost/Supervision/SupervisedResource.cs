using Agency.AppHost.State;

namespace Agency.AppHost.Supervision;

/// <summary>What the supervisor knows of one resource.</summary>
internal sealed class SupervisedResource(IResource resource, string id)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StableAfter = TimeSpan.FromMinutes(1);

    private TimeSpan _pause = FirstPause;
    private long? _running;

    public IResource Resource { get; } = resource;

    /// <summary>The id of the instance, which the orchestrator's commands take.</summary>
    public string Id { get; } = id;

    public CustomResourceSnapshot? Snapshot { get; private set; }

    public bool IsRunning => Snapshot?.State?.Text == KnownResourceStates.Running;

    /// <summary>How many probes in a row failed since it was last healthy.</summary>
    public int FailedProbes { get; set; }

    /// <summary>True once it was healthy since it started to run.</summary>
    public bool WasHealthy { get; set; }

    /// <summary>Takes a change in; true when the resource ended although nobody stopped it.</summary>
    public bool Update(CustomResourceSnapshot snapshot)
    {
        string? before = Snapshot?.State?.Text, now = snapshot.State?.Text;
        Snapshot = snapshot;
        if (before == now)
            return false;

        if (IsRunning)
            (_running, FailedProbes, WasHealthy) = (TimeProvider.System.GetTimestamp(), 0, false);
        return snapshot.HasEnded() && before is not null && before != KnownResourceStates.Stopping && !KnownResourceStates.TerminalStates.Contains(before);
    }

    /// <summary>How long to wait before the next start: longer each time, short again after a stable minute.</summary>
    public TimeSpan NextPause()
    {
        if (_running is { } since && TimeProvider.System.GetElapsedTime(since) > StableAfter)
            _pause = FirstPause;
        _running = null;
        var pause = _pause;
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
        return pause;
    }
}
