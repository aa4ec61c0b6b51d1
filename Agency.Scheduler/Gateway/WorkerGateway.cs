using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Agency.Scheduler.Gateway;

/// <summary>
/// The one way out for one worker: HTTP over a Unix socket in the worker's folder. Answers nobody but that process, and it only once it is bound to a run.
/// </summary>
internal sealed partial class WorkerGateway : IAsyncDisposable
{
    /// <summary>At once. A worker makes one call after the other.</summary>
    private const int MaxConnections = 8;

    private readonly GatewayForwarder _forwarder;
    private readonly SocketConnectionContextFactory _connections;
    private readonly ChannelWriter<ConnectionContext> _accepted;
    private readonly ILogger _logger;
    private readonly Socket _listener;
    private readonly Task _accepting;
    private readonly HashSet<ConnectionContext> _open = [];
    private readonly LogBudget _log = new();
    private volatile RunBinding? _binding;
    private int _toolCalls;

    public WorkerGateway(
        string path, GatewayForwarder forwarder, SocketConnectionContextFactory connections, ChannelWriter<ConnectionContext> accepted, ILogger logger)
    {
        (SocketPath, _forwarder, _connections, _accepted, _logger) = (path, forwarder, connections, accepted, logger);
        _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            _listener.Listen(MaxConnections);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }

        using (ExecutionContext.SuppressFlow())
        {
            _accepting = AcceptAsync();
        }
    }

    public string SocketPath { get; }

    /// <summary>The process that may connect. Until it is set nobody may.</summary>
    public int? ProcessId { get; set; }

    /// <summary>Tool calls passed on for the run.</summary>
    public int ToolCalls => Volatile.Read(ref _toolCalls);

    /// <summary>Opens the gateway for one run. Once in its life.</summary>
    /// <param name="grant">What the run may.</param>
    /// <param name="tokens">The run's tokens.</param>
    /// <param name="isHeld">Asked before anything is passed on: whether the run is certainly this scheduler's still.</param>
    public void Bind(RunGrant grant, RunTokens tokens, Func<CancellationToken, ValueTask<bool>> isHeld)
    {
        if (Interlocked.CompareExchange(ref _binding, new RunBinding(grant, tokens, _log, isHeld), null) is not null)
        {
            throw new InvalidOperationException("A gateway serves one run.");
        }
    }

    /// <summary>Answers a request that came over one of the worker's connections.</summary>
    public Task AnswerAsync(HttpContext context)
    {
        if (_binding is { } binding)
        {
            return _forwarder.ForwardAsync(context, binding, () => Interlocked.Increment(ref _toolCalls));
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        ConnectionContext[] open;
        lock (_open)
        {
            open = [.. _open];
        }

        foreach (var connection in open)
        {
            connection.Abort(new ConnectionAbortedException("The worker is gone."));
        }
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }

            if (!IsWorker(socket) || !HandIn(socket))
            {
                socket.Dispose();
            }
        }
    }

    private bool HandIn(Socket socket)
    {
        lock (_open)
        {
            if (_open.Count == MaxConnections)
            {
                if (_log.Take())
                {
                    TooMany(_logger, ProcessId, MaxConnections);
                }

                return false;
            }

            var connection = _connections.Create(socket);
            connection.Features.Set(this);
            _open.Add(connection);
            connection.ConnectionClosed.UnsafeRegister(
                static state =>
                {
                    var (gateway, connection) = ((WorkerGateway, ConnectionContext))state!;
                    lock (gateway._open)
                    {
                        gateway._open.Remove(connection);
                    }
                },
                (this, connection));
            if (!_accepted.TryWrite(connection))
            {
                connection.Abort(new ConnectionAbortedException("The scheduler has stopped."));
            }

            return true;
        }
    }

    private bool IsWorker(Socket socket)
    {
        if (!PeerProcess.CanBeKnown)
        {
            return true;
        }

        var peer = PeerProcess.IdOf(socket);
        if (peer is not null && peer == ProcessId)
        {
            return true;
        }

        if (_log.Take())
        {
            ForeignProcess(_logger, peer, ProcessId);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Process {Peer} tried to use the gateway of worker {Worker} and was refused.")]
    private static partial void ForeignProcess(ILogger logger, int? peer, int? worker);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Worker {Worker} has {Count} connections to its gateway; another was refused.")]
    private static partial void TooMany(ILogger logger, int? worker, int count);
}
