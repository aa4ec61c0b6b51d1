using System.Globalization;

namespace Agency.LocalHosting.Running;

/// <summary>Runs a project or an executable, every replica of it, and restarts what crashes.</summary>
internal sealed class ProcessRunner(RunContext context, Resource resource, bool completes) : IResourceRunner, IDisposable
{
    private readonly List<ReplicaRunner> _replicas = [];

    public Resource Resource => resource;

    public IReadOnlyList<ReplicaRunner> Replicas => _replicas;

    public async Task StartAsync(CancellationToken ct)
    {
        for (int i = 0; i < resource.Replicas; i++)
        {
            var ports = PortsOf(i);
            _replicas.Add(new ReplicaRunner(context, this, i, await RecipeAsync(i, ports, [], ct), ports));
        }

        if (completes)
        {
            int code = await _replicas[0].RunToEndAsync(ct);
            context.Notifications.Set(resource.Name, KnownResourceStates.Finished, healthy: code == 0, exitCode: code);
            return;
        }

        await Task.WhenAll(_replicas.Select(r => r.StartAsync(ct)));
    }

    public Task StopAsync(TimeSpan within) => Task.WhenAll(_replicas.Select(r => r.StopAsync(within)));

    public void Dispose() => _replicas.ForEach(r => r.Dispose());

    /// <summary>The resource is healthy when every replica is.</summary>
    public void Report()
    {
        bool running = _replicas.All(r => r.IsRunning);
        context.Notifications.Set(
            resource.Name, running ? KnownResourceStates.Running : KnownResourceStates.Exited, running && _replicas.All(r => r.IsHealthy));
    }

    /// <summary>How to start this resource's program, here with further arguments.</summary>
    public async Task<ProcessRecipe> RecipeAsync(int replica, IReadOnlyDictionary<string, int> ports, string[] arguments, CancellationToken ct)
    {
        var environment = await ChildEnvironment.ComposeAsync(resource, context.Builder.ExecutionContext, replica, ports, ct);
        if (resource is ExecutableResource executable)
            return new ProcessRecipe(executable.Command, [.. resource.Arguments, .. arguments], executable.WorkingDirectory, environment);

        string project = ((ProjectResource)resource).ProjectPath;
        string dll = ProjectOutput.Find(project, context.Builder.AppHost);
        return new ProcessRecipe(RunContext.DotNet, [dll, .. resource.Arguments, .. arguments], Path.GetDirectoryName(project)!, environment);
    }

    private Dictionary<string, int> PortsOf(int replica) => resource.Endpoints.ToDictionary(
        e => e.Name, e => replica == 0 ? e.AllocatedPort!.Value : Processes.Ports.FindFree());

    public string NameOf(int replica) =>
        resource.Replicas == 1 ? resource.Name : $"{resource.Name}-{replica.ToString(CultureInfo.InvariantCulture)}";
}
