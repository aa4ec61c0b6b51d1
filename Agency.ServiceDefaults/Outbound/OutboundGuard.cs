using System.Net;
using System.Net.Sockets;
using Agency.Data;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Outbound;

/// <summary>
/// Decides on every address that a client can set. Once when it is set, for a good error; and again, which is what counts, when a connection is made:
/// the name is resolved, every address checked, and the connection goes to a checked one, so that a name which meanwhile leads elsewhere leads nowhere.
/// </summary>
public sealed class OutboundGuard(IOptions<OutboundOptions> options, IHostResolver resolver)
{
    private static readonly TimeSpan ResolveTime = TimeSpan.FromSeconds(5);

    private readonly AllowList _allowed = new(options.Value.Entries);

    /// <summary>What is wrong with an address that is about to be set; null when it may be used.</summary>
    /// <param name="what">What it is the address of, such as <c>url</c>. The message never quotes the address.</param>
    /// <param name="url">As given.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<Error?> CheckAsync(string what, string? url, CancellationToken cancellationToken)
    {
        if (!OutboundUrl.TryParse(url, out var uri, out var problem))
        {
            return Error.Invalid($"{what} cannot be used: {problem}.");
        }

        IReadOnlyList<IPAddress> addresses;
        try
        {
            addresses = await ResolveAsync(Host(uri), cancellationToken);
        }
        catch (Exception e) when (e is SocketException or TimeoutException)
        {
            return NotReachable(what, uri);
        }

        var refusal = Refusal(uri.Scheme, Host(uri), addresses);
        return refusal is null ? null
            : refusal.IsHidden ? NotReachable(what, uri)
            : Error.Invalid($"{what} cannot be used: {refusal.Message}");
    }

    /// <summary>In the same words whether there is no such name or one that leads inside: else whoever may set an address could ask for the names of our network.</summary>
    private static Error NotReachable(string what, Uri uri) => Error.Invalid(
        $"{what} cannot be used: its host '{Host(uri)}' cannot be found, or leads to an address that is not public. Check the spelling. If it is meant, the operator can allow the host or its network with Outbound__Allow.");

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>.</summary>
    /// <exception cref="OutboundRefusedException">The host leads where it may not.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var host = context.DnsEndPoint.Host;
        var addresses = await ResolveAsync(host, cancellationToken);
        if (Refusal(context.InitialRequestMessage.RequestUri!.Scheme, host, addresses) is { } refusal)
        {
            throw new OutboundRefusedException(refusal.Message);
        }

        SocketException? failure = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException e)
            {
                socket.Dispose();
                failure = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    private Refused? Refusal(string scheme, string host, IReadOnlyList<IPAddress> addresses)
    {
        if (addresses.Count == 0)
        {
            return new Refused($"its host '{host}' has no address.", IsHidden: true);
        }

        if (_allowed.HasHost(host))
        {
            return null;
        }

        foreach (var address in addresses)
        {
            // One bad address among good ones refuses all: which one a connection takes is chance.
            if (!_allowed.HasAddress(address) && SpecialAddresses.KindOf(address) is { } kind)
            {
                return new Refused(
                    $"its host '{host}' leads to an address that is not public ({kind}). If it is meant, the operator can allow the host or its network with Outbound__Allow.",
                    IsHidden: !IPAddress.TryParse(host, out _));
            }
        }

        return scheme == Uri.UriSchemeHttps || addresses.All(_allowed.HasAddress)
            ? null
            : new Refused("it must begin with https://. If plain http is meant, the operator can allow the host with Outbound__Allow.", IsHidden: false);
    }

    private async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal)
            ? [literal]
            : await resolver.ResolveAsync(host, cancellationToken).WaitAsync(ResolveTime, cancellationToken);

    private static string Host(Uri uri) => uri.HostNameType is UriHostNameType.IPv6 ? uri.Host.Trim('[', ']') : uri.IdnHost;

    /// <param name="Message">Why.</param>
    /// <param name="IsHidden">It says something of our network that whoever sets an address need not know.</param>
    private sealed record Refused(string Message, bool IsHidden);
}

/// <summary>Nothing was sent: the address is one that clients' calls may not reach.</summary>
public sealed class OutboundRefusedException(string message) : Exception($"The call was not sent: {message}");
