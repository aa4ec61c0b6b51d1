using System.Net.Sockets;

namespace Agency.Worker.Mcp;

/// <summary>
/// HTTP over the gateway's Unix socket and nothing else: whatever the address says, the connection goes to the socket. Names are not resolved, no proxy
/// is asked, redirects are not followed.
/// </summary>
internal static class GatewayHttp
{
    public static HttpClient Create(string socketPath)
    {
        var sockets = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            // The worker's own spans are the trace: a call names its own.
            ActivityHeadersPropagator = null,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken).ConfigureAwait(false);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };

        // Time-outs are the step's, by its cancellation token.
        return new HttpClient(sockets) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
