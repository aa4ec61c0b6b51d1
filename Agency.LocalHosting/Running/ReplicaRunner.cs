namespace Agency.LocalHosting.Running;

/// <summary>One process of a resource over its life: started, watched until healthy, restarted with growing pauses when it crashes.</summary>
internal sealed class ReplicaRunner(RunContext context, ProcessRunner owner, int number, ProcessRecipe recipe, IReadOnlyDictionary<string, int> ports)
    : IDisposable
{
    private const int StartsBeforeGivingUp = 3;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StableAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HealthyWithin = TimeSpan.FromMinutes(2);
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _firstHealthy = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name = owner.NameOf(number);
    private volatile ChildProcess? _process;
    private Task _life = Task.CompletedTask;

    public bool IsRunning => _process is { HasExited: false };

    public bool IsHealthy { get; private set; }

    public int? ProcessId => _process?.Id;

    /// <summary>Ends when the process has been healthy for the first time.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _life = LiveAsync();
        await _firstHealthy.Task.WaitAsync(ct);
    }

    /// <summary>Runs it once to its end.</summary>
    public async Task<int> RunToEndAsync(CancellationToken ct)
    {
        _process = Launch();
        context.Notifications.Set(owner.Resource.Name, KnownResourceStates.Running);
        int code = await _process.WaitAsync(ct);
        context.Processes.Remove(_process.Id);
        return code;
    }

    public async Task StopAsync(TimeSpan within)
    {
        await _stopping.CancelAsync();
        if (_process is { } process)
        {
            if (!await process.StopAsync(within))
                context.Log.Write(_name, $"did not end within {within.TotalSeconds:0.#} s and was killed.");
            context.Processes.Remove(process.Id);
        }

        await _life;
    }

    /// <summary>As <c>kill -9</c>: no warning. The pid of what was killed.</summary>
    public async Task<int> KillAsync()
    {
        var process = _process ?? throw new InvalidOperationException($"{_name} does not run.");
        IsHealthy = false;
        owner.Report();
        process.KillAlone();
        await process.Process.WaitForExitAsync();
        return process.Id;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task LiveAsync()
    {
        var pause = TimeSpan.FromSeconds(1);
        for (int starts = 1; !_stopping.IsCancellationRequested; starts++)
        {
            long started = TimeProvider.System.GetTimestamp();
            int code;
            try
            {
                code = await RunOnceAsync();
            }
            catch (DistributedApplicationException failure)
            {
                _firstHealthy.TrySetException(failure);
                return;
            }

            if (_stopping.IsCancellationRequested)
                return;
            if (!_firstHealthy.Task.IsCompletedSuccessfully && starts == StartsBeforeGivingUp)
            {
                _firstHealthy.TrySetException(new DistributedApplicationException(
                    $"{_name} ended {starts} times before it was healthy, last with exit code {code}. What it said stands above."));
                return;
            }

            if (TimeProvider.System.GetElapsedTime(started) > StableAfter)
                pause = TimeSpan.FromSeconds(1);
            context.Log.Write(_name, $"ended unexpectedly with exit code {code}; starting it again in {pause.TotalSeconds:0} s.");
            try
            {
                await Task.Delay(pause, TimeProvider.System, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
        }
    }

    private async Task<int> RunOnceAsync()
    {
        var process = _process = Launch();
        if (_stopping.IsCancellationRequested)
            process.Kill(); // The stop looked before this one was there.
        owner.Report();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        var watch = WatchHealthAsync(ended.Token);
        int code = await process.WaitAsync(CancellationToken.None);
        IsHealthy = false;
        await ended.CancelAsync();
        await watch;
        context.Processes.Remove(process.Id);
        owner.Report();
        return code;
    }

    private ChildProcess Launch()
    {
        var process = ChildProcess.Start(recipe, line => context.Log.Write(_name, line));
        context.Processes.Add(owner.Resource.Name, process.Process);
        return process;
    }

    private async Task WatchHealthAsync(CancellationToken ct)
    {
        if (owner.Resource.Health is not { } health)
        {
            BecomeHealthy();
            return;
        }

        var address = new Uri($"http://localhost:{ports[health.EndpointName]}{health.Path}");
        long started = TimeProvider.System.GetTimestamp();
        string last = "no answer";
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var answer = await Http.GetAsync(address, ct);
                if ((int)answer.StatusCode == health.StatusCode)
                {
                    BecomeHealthy();
                    return;
                }

                last = $"HTTP {(int)answer.StatusCode}";
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
            catch (OperationCanceledException)
            {
                last = "no answer in time";
            }

            if (TimeProvider.System.GetElapsedTime(started) > HealthyWithin)
                _firstHealthy.TrySetException(new DistributedApplicationException($"{_name} is not healthy after {HealthyWithin.TotalSeconds:0} s: {address} gives {last}."));
            try
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, ct);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void BecomeHealthy()
    {
        IsHealthy = true;
        if (!_firstHealthy.TrySetResult())
            context.Log.Write(_name, "is healthy again.");
        owner.Report();
    }
}
