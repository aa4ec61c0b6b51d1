using Agency.EmbeddedServers.Garnet;
using Aspire.Hosting.ApplicationModel;

namespace Agency.Hosting.Embedded;

/// <summary>The embedded Garnet behind a <see cref="RedisResource"/>.</summary>
internal sealed class GarnetServer(RedisResource resource, EmbeddedGarnetServerOptions options) : IEmbeddedServer
{
    private int? _port;

    /// <summary>Known in advance, so that services start without waiting for Redis, which they can do without.</summary>
    public int? Port => _port ??= EmbeddedGarnet.ChoosePort(options.Folder);

    public async Task<RunningServer> StartAsync(Action<string> log, CancellationToken cancellationToken)
    {
        var garnet = await EmbeddedGarnet.StartAsync(
            new EmbeddedGarnetOptions
            {
                Program = options.Program,
                Folder = options.Folder,
                Password = resource.PasswordParameter is { } password ? await password.GetValueAsync(cancellationToken) ?? "" : "",
                Port = Port,
                Log = log,
            },
            cancellationToken);
        return new RunningServer("localhost", garnet.Port, "Garnet", garnet.ProcessId, ExitAsync(), () => garnet.DisposeAsync().AsTask());

        async Task<int?> ExitAsync() => await garnet.WaitForExitAsync(CancellationToken.None);
    }
}
