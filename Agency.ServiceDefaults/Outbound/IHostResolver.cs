using System.Net;

namespace Agency.ServiceDefaults.Outbound;

/// <summary>Asks for a host's addresses; tests put their own in its place.</summary>
public interface IHostResolver
{
    /// <exception cref="System.Net.Sockets.SocketException">The name is not known.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}

internal sealed class SystemHostResolver : IHostResolver
{
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) =>
        await Dns.GetHostAddressesAsync(host, cancellationToken);
}
