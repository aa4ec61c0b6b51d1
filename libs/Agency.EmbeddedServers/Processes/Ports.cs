using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Agency.EmbeddedServers.Processes;

public static class Ports
{
    // Below the range from which systems take ports for outgoing connections: such a one could take a port between its choice and its use.
    private const int First = 20_000;
    private const int End = 32_000;

    /// <summary>A port of the loopback address that nothing listened on a moment ago.</summary>
    public static int FindFree()
    {
        for (int attempt = 0; attempt < 1000; attempt++)
        {
            int port = RandomNumberGenerator.GetInt32(First, End);
            if (IsFree(port))
                return port;
        }

        throw new EmbeddedServerException($"No free port was found between {First} and {End}.");
    }

    public static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
