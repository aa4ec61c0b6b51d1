using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Gateway;

/// <summary>
/// The one HTTP server behind all workers' gateways. A gateway accepts its worker's connections and hands them in here, marked as its own, so
/// that a gateway costs a listening socket and not a server with threads of its own.
/// </summary>
internal sealed class GatewayServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private readonly SocketConnectionContextFactory _connections;
    private readonly KestrelServer _server;
    private readonly GatewayForwarder _forwarder;
    private readonly ILogger<WorkerGateway> _logger;
    private readonly Lazy<Task> _started;

    public GatewayServer(GatewayForwarder forwarder, IServiceProvider services, ILoggerFactory loggers)
    {
        _forwarder = forwarder;
        _logger = loggers.CreateLogger<WorkerGateway>();
        _connections = new SocketConnectionContextFactory(new SocketConnectionFactoryOptions { IOQueueCount = 0 }, loggers.CreateLogger<GatewayServer>());
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null; // The forwarder counts, and says what was wrong.
        options.Listen(new WorkersEndPoint(), listen => listen.Protocols = HttpProtocols.Http1);
        _server = new KestrelServer(Options.Create(options), new Handed(_accepted), loggers);
        _started = new Lazy<Task>(StartAsync);
    }

    /// <summary>A gateway on a new socket of that path, which nobody may use until it has been given its worker and its run.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The socket could not be made.</exception>
    public async Task<WorkerGateway> OpenAsync(string path)
    {
        await _started.Value;
        return new WorkerGateway(path, _forwarder, _connections, _accepted.Writer, _logger);
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context) => context.Features.GetRequiredFeature<WorkerGateway>().AnswerAsync(context);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async ValueTask DisposeAsync()
    {
        _accepted.Writer.TryComplete();

        // Nobody is left to wait for: the workers are gone.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        _server.Dispose();
        _connections.Dispose();
    }

    private Task StartAsync()
    {
        // The server's loops would otherwise carry along whatever activity is current here.
        using (ExecutionContext.SuppressFlow())
        {
            return Task.Run(() => _server.StartAsync(this, CancellationToken.None));
        }
    }

    /// <summary>A transport that listens nowhere: its connections are those that the gateways hand in.</summary>
    private sealed class Handed(Channel<ConnectionContext> accepted) : IConnectionListenerFactory, IConnectionListener
    {
        public EndPoint EndPoint { get; } = new WorkersEndPoint();

        public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            await accepted.Reader.WaitToReadAsync(cancellationToken) && accepted.Reader.TryRead(out var connection) ? connection : null;

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            accepted.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class WorkersEndPoint : EndPoint
    {
        public override string ToString() => "workers";
    }
}
