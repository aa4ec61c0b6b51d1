using System.Diagnostics;
using Agency.LocalHosting.Building;
using Agency.LocalHosting.Processes;

namespace Agency.LocalHosting.Running;

/// <summary>Starts every resource as soon as what it waits for is ready, and stops them in the opposite order.</summary>
internal sealed class ApplicationRunner
{
    private const string Launcher = "agency";

    /// <summary>Everything has ended by then, PostgreSQL included.</summary>
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(10);

    /// <summary>What PostgreSQL and Redis keep of that for themselves.</summary>
    private static readonly TimeSpan BackingServices = TimeSpan.FromSeconds(2.5);

    private readonly DistributedApplicationBuilder _builder;
    private readonly RunContext _context;
    private readonly List<IResourceRunner> _runners = [];

    public ApplicationRunner(DistributedApplicationBuilder builder)
    {
        _builder = builder;
        Log = new LogSink(builder.Resources.Where(r => r is not ParameterResource and not ConnectionStringResource).Max(r => r.Name.Length), !builder.IsTest);
        Notifications = new ResourceNotificationService(builder.Resources.Select(r => r.Name));
        _context = new RunContext(builder, Log, Notifications, new ProcessRegistry(Path.Combine(builder.State.Path, "processes.json"), Log));

        var completing = builder.Resources.Cast<Resource>().SelectMany(r => r.Waits).Where(w => w.Kind == WaitKind.Completed).Select(w => w.Dependency).ToHashSet();
        foreach (var resource in builder.Resources)
        {
            if (resource is PostgresServerResource postgres)
                _runners.Add(new PostgresRunner(_context, postgres));
            else if (resource is RedisResource redis)
                _runners.Add(new RedisRunner(_context, redis));
            else if (resource is ProjectResource or ExecutableResource)
                _runners.Add(new ProcessRunner(_context, (Resource)resource, completing.Contains(resource)));
            else if (resource is not PostgresDatabaseResource)
                Notifications.Set(resource.Name, KnownResourceStates.Running, healthy: true);
        }
    }

    public DistributedApplicationBuilder Builder => _builder;

    public LogSink Log { get; }

    public ResourceNotificationService Notifications { get; }

    public async Task StartAsync(CancellationToken ct)
    {
        await _context.Processes.EndLeftOversAsync(ct);
        AllocatePorts();
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var starts = _runners.Select(runner => StartAsync(runner, failed)).ToList();
        try
        {
            await Task.WhenAll(starts);
        }
        catch (Exception) when (starts.FirstOrDefault(s => s.Exception?.InnerException is DistributedApplicationException) is { } cause)
        {
            await cause; // The reason, not the cancellations that followed from it.
        }
    }

    /// <summary>
    /// Those that nobody depends on go first; the next follow when they are gone, or have used up their share of the time.
    /// </summary>
    public async Task StopAsync()
    {
        long started = TimeProvider.System.GetTimestamp();
        var layers = _runners.GroupBy(Depth).OrderByDescending(g => g.Key).Select(g => g.ToList()).ToList();
        var backing = _runners.Where(r => r is not ProcessRunner).ToList();
        var stops = new List<Task>();
        var layersOfServices = layers.Select(l => l.Where(r => r is ProcessRunner).ToList()).Where(l => l.Count > 0).ToList();
        for (int i = 0; i < layersOfServices.Count; i++)
        {
            var left = StopWithin - BackingServices - TimeProvider.System.GetElapsedTime(started);
            var stop = Task.WhenAll(layersOfServices[i].Select(r => r.StopAsync(left)));
            stops.Add(stop);
            bool last = i == layersOfServices.Count - 1;
            var share = last ? left : left * 0.6;
            await Task.WhenAny(stop, Task.Delay(share, TimeProvider.System));
        }

        await Task.WhenAll(stops);
        await Task.WhenAll(backing.Select(r => r.StopAsync(BackingServices)));
        foreach (var runner in _runners.OfType<IDisposable>())
            runner.Dispose();
    }

    public ProcessRunner FindProcess(string name) =>
        _runners.OfType<ProcessRunner>().FirstOrDefault(r => string.Equals(r.Resource.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new ArgumentException($"No resource named '{name}' runs as a process.", nameof(name));

    private async Task StartAsync(IResourceRunner runner, CancellationTokenSource failed)
    {
        var resource = runner.Resource;
        try
        {
            foreach (var wait in resource.Waits)
                await WaitForAsync(resource, wait, failed.Token);
            Notifications.Set(resource.Name, KnownResourceStates.Starting);
            var clock = Stopwatch.StartNew();
            await runner.StartAsync(failed.Token);
            string how = runner is ProcessRunner && Notifications.Is(resource.Name, KnownResourceStates.Finished) ? "completed" : "ready";
            Log.Write(Launcher, $"{resource.Name} {how} ({clock.Elapsed.TotalSeconds:0.0} s).");
        }
        catch (Exception failure)
        {
            if (failure is not OperationCanceledException)
                Notifications.Set(resource.Name, KnownResourceStates.FailedToStart);
            await failed.CancelAsync();
            throw;
        }
    }

    private async Task WaitForAsync(Resource resource, WaitDeclaration wait, CancellationToken ct)
    {
        string name = wait.Dependency.Name;
        switch (wait.Kind)
        {
            case WaitKind.Healthy:
                await Notifications.WaitForResourceHealthyAsync(name, ct);
                break;
            case WaitKind.Started:
                await Notifications.WaitForResourceAsync(name, s => s.State is KnownResourceStates.Running or KnownResourceStates.Finished, ct);
                break;
            default:
                var end = await Notifications.WaitForResourceAsync(name, s => s.State == KnownResourceStates.Finished, ct);
                if (end.ExitCode != wait.ExitCode)
                    throw new DistributedApplicationException($"{name} ended with exit code {end.ExitCode}, so {resource.Name} cannot start. What {name} said stands above.");
                break;
        }
    }

    /// <summary>Fixed ports first, all problems in one message; then free ones for the rest.</summary>
    private void AllocatePorts()
    {
        var endpoints = _runners.OfType<ProcessRunner>().SelectMany(r => r.Resource.Endpoints.Select(e => (r.Resource.Name, Endpoint: e))).ToList();
        var taken = new List<string>();
        foreach (var (name, endpoint) in endpoints)
        {
            endpoint.AllocatedPort = endpoint.DeclaredPort is { } port && !_builder.RandomizePorts ? port : Ports.FindFree();
            if (!Ports.IsFree(endpoint.AllocatedPort.Value))
                taken.Add($"Port {endpoint.AllocatedPort} ({name}) is taken by another program.");
        }

        if (taken.Count > 0)
            throw new DistributedApplicationException($"{string.Join('\n', taken)}\nEnd what listens there (to find it: ss -ltnp, lsof -i or netstat -ano), then start again.");
    }

    private int Depth(IResourceRunner runner) => Depth(runner.Resource);

    private static int Depth(IResource resource) =>
        ((Resource)resource).Waits.Select(w => Depth(w.Dependency) + 1).DefaultIfEmpty(0).Max();
}
