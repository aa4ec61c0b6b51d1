using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Agency.EmbeddedServers.Processes;

namespace Agency.AppHost.Resources;

/// <summary>
/// The ports of one agency on this machine: eight in a row from <c>AGENCY_PORT_BASE</c> (5101 unless set), or with 0 eight free ones.
/// </summary>
internal sealed class LocalPorts
{
    private const int Default = 5101;
    private static readonly string[] Names = ["operations", "context", "health", "scheduler", "dashboard", "otlp-grpc", "otlp-http", "resource-service"];
    private readonly Dictionary<string, int> _ports;

    private LocalPorts(Dictionary<string, int> ports) => _ports = ports;

    /// <summary>The port of a service, or of one of the dashboard's endpoints.</summary>
    public int this[string name] => _ports[name];

    public string Url(string name) => $"http://localhost:{this[name].ToString(CultureInfo.InvariantCulture)}";

    /// <exception cref="DistributedApplicationException">The text is not a usable port.</exception>
    public static LocalPorts Parse(string? portBase)
    {
        if (string.IsNullOrWhiteSpace(portBase))
            portBase = Default.ToString(CultureInfo.InvariantCulture);
        int last = IPEndPoint.MaxPort - Names.Length + 1;
        if (!int.TryParse(portBase, NumberStyles.None, CultureInfo.InvariantCulture, out int first) || first > last)
            throw new DistributedApplicationException($"AGENCY_PORT_BASE must be 0 (free ports) or a port from 1 to {last}, but is '{portBase}'.");
        if (first > 0)
            return new LocalPorts(Names.Index().ToDictionary(n => n.Item, n => first + n.Index));

        var free = new HashSet<int>();
        while (free.Count < Names.Length)
            free.Add(Ports.FindFree());
        return new LocalPorts(Names.Zip(free).ToDictionary(n => n.First, n => n.Second));
    }

    /// <summary>Makes sure that this agency can listen on all of them.</summary>
    /// <exception cref="DistributedApplicationException">It cannot; the message names each port, why, and what to do.</exception>
    public void EnsureUsable()
    {
        var problems = new List<string>();
        bool taken = false;
        foreach (var (name, port) in _ports)
        {
            if (TryListen(port) is not { } failure)
                continue;

            taken |= failure.SocketErrorCode == SocketError.AddressAlreadyInUse;
            problems.Add(failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => $"Port {port} ({name}) is taken by another program.",
                SocketError.AccessDenied => $"Port {port} ({name}) is reserved for privileged users.",
                _ => $"Port {port} ({name}) cannot be listened on: {failure.Message}.",
            });
        }

        if (problems.Count == 0)
            return;
        string find = taken ? "End what listens there (ss -ltnp, lsof -i or netstat -ano finds it), or set" : "Set";
        throw new DistributedApplicationException(
            $"{string.Join('\n', problems)}\n{find} AGENCY_PORT_BASE to the first of {Names.Length} other ports (0 takes free ones), then start again.");
    }

    /// <summary>Services listen on both loopback addresses, where the machine has both.</summary>
    private static SocketException? TryListen(int port)
    {
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            try
            {
                using var listener = new TcpListener(address, port);
                listener.Start();
            }
            catch (SocketException failure)
            {
                if (failure.SocketErrorCode is not (SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported))
                    return failure;
            }
        }

        return null;
    }
}
