namespace Agency.LocalHosting;

/// <summary>The states a resource passes through.</summary>
public static class KnownResourceStates
{
    public const string Waiting = "Waiting";
    public const string Starting = "Starting";
    public const string Running = "Running";
    public const string Finished = "Finished";
    public const string Exited = "Exited";
    public const string FailedToStart = "FailedToStart";
}

/// <summary>What is known of a resource at a moment.</summary>
public sealed record ResourceSnapshot(string State, bool IsHealthy, int? ExitCode);

/// <summary>Tells how the resources are and waits for them to become so.</summary>
public sealed class ResourceNotificationService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceSnapshot> _current = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal ResourceNotificationService(IEnumerable<string> names)
    {
        foreach (string name in names)
            _current[name] = new ResourceSnapshot(KnownResourceStates.Waiting, IsHealthy: false, ExitCode: null);
    }

    /// <summary>Waits until the resource runs and answers its health check, if it has one.</summary>
    public Task WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, s => s.IsHealthy, cancellationToken);

    public Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default) =>
        WaitForResourceAsync(resourceName, s => s.State == (targetState ?? KnownResourceStates.Running), cancellationToken);

    public async Task<ResourceSnapshot> WaitForResourceAsync(
        string resourceName, Func<ResourceSnapshot, bool> predicate, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (!_current.TryGetValue(resourceName, out var snapshot))
                    throw new ArgumentException($"There is no resource '{resourceName}'.", nameof(resourceName));
                if (predicate(snapshot))
                    return snapshot;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    internal bool Is(string resourceName, string state)
    {
        lock (_gate)
            return _current[resourceName].State == state;
    }

    internal void Set(string resourceName, string state, bool healthy = false, int? exitCode = null)
    {
        TaskCompletionSource waiters;
        lock (_gate)
        {
            _current[resourceName] = new ResourceSnapshot(state, healthy, exitCode);
            waiters = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        waiters.SetResult();
    }
}
