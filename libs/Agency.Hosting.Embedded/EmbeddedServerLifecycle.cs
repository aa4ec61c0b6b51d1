using System.Collections.Immutable;
using Agency.EmbeddedServers;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.Hosting.Embedded;

/// <summary>
/// Runs an embedded server in the place of a resource's container: publishes its address and state, offers start, stop and restart, notices
/// when it ends, and stops it when the host stops.
/// </summary>
internal sealed class EmbeddedServerLifecycle(IResourceWithEndpoints resource, IEmbeddedServer server, string resourceType) : IHostedService, IDisposable
{
    private readonly EmbeddedServerAnnotation _annotation = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private InitializeResourceEvent? _context;
    private RunningServer? _running;
    private bool _allocated;

    /// <summary>Puts the lifecycle in the place of the resource's container.</summary>
    public void Attach<T>(IResourceBuilder<T> builder)
        where T : class, IResourceWithEndpoints
    {
        // The orchestrator makes a container of whatever has an image.
        foreach (var image in builder.Resource.Annotations.OfType<ContainerImageAnnotation>().ToList())
            builder.Resource.Annotations.Remove(image);
        builder.WithAnnotation(_annotation).OnInitializeResource(async (_, initialize, _) =>
        {
            _context = initialize;
            await StartServerAsync();
        });
        AddCommands(builder);

        // First in, last out: the orchestrator's own service, which ends the processes that use this server, stops before it.
        builder.ApplicationBuilder.Services.Insert(0, ServiceDescriptor.Singleton<IHostedService>(this));
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await StopServerAsync();
        server.Clean();
    }

    public void Dispose()
    {
        _gate.Dispose();
        _stopping.Dispose();
    }

    private static bool IsDown(string? state) => state is null || KnownResourceStates.TerminalStates.Contains(state);

    private void AddCommands<T>(IResourceBuilder<T> builder)
        where T : class, IResourceWithEndpoints
    {
        Add(KnownResourceCommands.StartCommand, "Start", "Play", state => IsDown(state) ? ResourceCommandState.Enabled : ResourceCommandState.Hidden, StartServerAsync);
        Add(KnownResourceCommands.StopCommand, "Stop", "Stop", EnabledWhenRunning, StopAndSucceedAsync);
        Add(KnownResourceCommands.RestartCommand, "Restart", "ArrowCounterclockwise", EnabledWhenRunning, async () =>
        {
            await StopServerAsync();
            return await StartServerAsync();
        });

        static ResourceCommandState EnabledWhenRunning(string? state) =>
            state == KnownResourceStates.Running ? ResourceCommandState.Enabled : IsDown(state) ? ResourceCommandState.Hidden : ResourceCommandState.Disabled;

        void Add(string name, string displayName, string icon, Func<string?, ResourceCommandState> stateOf, Func<Task<string?>> act) =>
            builder.WithCommand(name, displayName, async _ => await act() is { } failure ? CommandResults.Failure(failure) : CommandResults.Success(), new CommandOptions
            {
                IconName = icon,
                IconVariant = IconVariant.Filled,
                IsHighlighted = name != KnownResourceCommands.RestartCommand,
                UpdateState = context => stateOf(context.ResourceSnapshot.State?.Text),
            });
    }

    private async Task<string?> StopAndSucceedAsync()
    {
        await StopServerAsync();
        return null;
    }

    /// <summary>Starts the server unless it runs; returns why it did not start.</summary>
    private async Task<string?> StartServerAsync()
    {
        var context = _context ?? throw new InvalidOperationException($"'{resource.Name}' is not initialized yet.");
        await _gate.WaitAsync(_stopping.Token);
        try
        {
            if (_running is not null)
                return null;

            await PublishAsync(snapshot => snapshot with { ResourceType = resourceType, State = KnownResourceStates.Starting, ExitCode = null, StopTimeStamp = null });
            if (server.Port is { } port)
                await AllocateAsync("localhost", port);
            var running = await server.StartAsync(line => context.Logger.LogInformation("{Line}", line), _stopping.Token);
            _running = running;
            _annotation.Failure = null;
            await AllocateAsync(running.Host, running.Port);
            await PublishAsync(snapshot => Running(snapshot, running));
            foreach (var child in Children())
                await context.Notifications.PublishUpdateAsync(child, snapshot => snapshot with { State = KnownResourceStates.Running });
            _ = WatchAsync(running);
            return null;
        }
        catch (Exception failure) when (failure is EmbeddedServerException or IOException or UnauthorizedAccessException)
        {
            // The reason is the resource's state: whoever waits for the resource goes on waiting, and a later start may succeed.
            _annotation.Failure = failure.Message;
            context.Logger.LogError("{Failure}", failure.Message);
            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.FailedToStart, StopTimeStamp = Now });
            return failure.Message;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return "The application is stopping.";
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task StopServerAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_running is not { } running)
                return;

            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.Stopping });
            _running = null;
            await running.StopAsync();
            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.Exited, ExitCode = 0, StopTimeStamp = Now });
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WatchAsync(RunningServer running)
    {
        int? code = await running.Exit;
        await _gate.WaitAsync();
        try
        {
            if (_running != running)
                return; // It was stopped on purpose.

            _running = null;
            _context!.Logger.LogError("The process {ProcessId} ended unexpectedly.", running.ProcessId);
            await PublishAsync(snapshot => snapshot with { State = KnownResourceStates.Exited, ExitCode = code is null or 0 ? -1 : code, StopTimeStamp = Now });
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the resource its address, once, and with it everything that waits for a connection string.</summary>
    private async Task AllocateAsync(string host, int port)
    {
        if (_allocated)
            return;

        _allocated = true;
        var (eventing, services) = (_context!.Eventing, _context.Services);
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
            endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, host, port);
        await eventing.PublishAsync(new ResourceEndpointsAllocatedEvent(resource, services), _stopping.Token);
        foreach (var connectable in Children().Prepend(resource).OfType<IResourceWithConnectionString>())
            await eventing.PublishAsync(new ConnectionStringAvailableEvent(connectable, services), _stopping.Token);
    }

    private IEnumerable<IResource> Children() =>
        _context!.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithParent>().Where(child => child.Parent == resource);

    private static CustomResourceSnapshot Running(CustomResourceSnapshot snapshot, RunningServer running) => snapshot with
    {
        State = KnownResourceStates.Running,
        StartTimeStamp = Now,
        Urls = [new UrlSnapshot("tcp", $"tcp://{running.Host}:{running.Port}", IsInternal: false)],
        Properties = [.. With(snapshot.Properties, ("resource.source", running.Source), ("executable.pid", running.ProcessId))],
    };

    private static ImmutableArray<ResourcePropertySnapshot> With(ImmutableArray<ResourcePropertySnapshot> properties, params (string Name, object? Value)[] changes) =>
        [.. properties.Where(p => !changes.Any(c => c.Name == p.Name)), .. changes.Select(c => new ResourcePropertySnapshot(c.Name, c.Value))];

    private static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    private Task PublishAsync(Func<CustomResourceSnapshot, CustomResourceSnapshot> change) => _context!.Notifications.PublishUpdateAsync(resource, change);
}
