using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Gateway;

/// <summary>
/// The one way out for one worker: HTTP over a Unix socket in the worker's folder. Answers nobody but that process, and it only once it is bound to a run.
/// </summary>
internal sealed partial class WorkerGateway : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private readonly KestrelServer _server;
    private readonly GatewayForwarder _forwarder;
    private readonly ILogger _logger;
    private volatile Binding? _binding;
    private int _toolCalls;

    private WorkerGateway(string path, GatewayForwarder forwarder, IConnectionListenerFactory transport, IServiceProvider services)
    {
        SocketPath = path;
        _forwarder = forwarder;
        var loggers = services.GetRequiredService<ILoggerFactory>();
        _logger = loggers.CreateLogger<WorkerGateway>();
        var options = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null; // The forwarder counts, and says what was wrong.
        options.ListenUnixSocket(path, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => IsWorker(connection) ? next(connection) : Task.CompletedTask);
        });
        _server = new KestrelServer(Options.Create(options), transport, loggers);
    }

    public string SocketPath { get; }

    /// <summary>The process that may connect. Until it is set nobody may.</summary>
    public int? ProcessId { get; set; }

    /// <summary>Tool calls passed on for the run.</summary>
    public int ToolCalls => Volatile.Read(ref _toolCalls);

    public static async Task<WorkerGateway> StartAsync(
        string path, GatewayForwarder forwarder, IConnectionListenerFactory transport, IServiceProvider services, CancellationToken cancellationToken)
    {
        var gateway = new WorkerGateway(path, forwarder, transport, services);

        // The server's loops would otherwise carry along whatever activity is current here.
        Task starting;
        using (ExecutionContext.SuppressFlow())
        {
            starting = Task.Run(() => gateway._server.StartAsync(gateway, cancellationToken), cancellationToken);
        }

        await starting;
        return gateway;
    }

    /// <summary>Opens the gateway for one run. Once in its life.</summary>
    public void Bind(RunGrant grant, RunTokens tokens)
    {
        if (Interlocked.CompareExchange(ref _binding, new Binding(grant, tokens), null) is not null)
        {
            throw new InvalidOperationException("A gateway serves one run.");
        }
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context)
    {
        if (_binding is { } binding)
        {
            return _forwarder.ForwardAsync(context, binding.Grant, binding.Tokens, () => Interlocked.Increment(ref _toolCalls));
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    public async ValueTask DisposeAsync()
    {
        // Nobody is left to wait for: the worker is gone.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _server.StopAsync(now.Token);
        _server.Dispose();
    }

    private bool IsWorker(ConnectionContext connection)
    {
        if (!PeerProcess.CanBeKnown)
        {
            return true;
        }

        var peer = connection.Features.Get<IConnectionSocketFeature>() is { Socket: { } socket } ? PeerProcess.IdOf(socket) : null;
        if (peer is not null && peer == ProcessId)
        {
            return true;
        }

        ForeignProcess(_logger, peer, ProcessId);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Peer} tried to use the gateway of worker {Worker} and was refused.")]
    private static partial void ForeignProcess(ILogger logger, int? peer, int? worker);

    private sealed record Binding(RunGrant Grant, RunTokens Tokens);
}
