using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Agency.Scheduler.Gateway;

/// <summary>Who is at the other end of a Unix socket, as the kernel says.</summary>
internal static class PeerProcess
{
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;

    /// <summary>Only Linux is asked; elsewhere the folder's access rights alone keep others away from the socket.</summary>
    public static bool CanBeKnown => OperatingSystem.IsLinux();

    /// <summary>The process that connected; null when the kernel does not say.</summary>
    public static int? IdOf(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<byte> credentials = stackalloc byte[12];
        return socket.GetRawSocketOption(SocketLevel, PeerCredentials, credentials) == credentials.Length
            ? MemoryMarshal.Read<int>(credentials)
            : null;
    }
}
