using System.Net;
using System.Net.Sockets;

namespace Agency.ServiceDefaults.Outbound;

/// <summary>Which addresses do not lie on the public Internet, and what they are instead.</summary>
internal static class SpecialAddresses
{
    /// <summary>The more telling name of two that fit stands first. After IANA's registries of special-purpose addresses.</summary>
    private static readonly (IPNetwork Network, string What)[] V4 =
    [
        Net("169.254.169.254/32", "a cloud's metadata"), Net("169.254.170.2/32", "a cloud's metadata"), Net("100.100.100.200/32", "a cloud's metadata"),
        Net("168.63.129.16/32", "a cloud's metadata"), Net("192.0.0.192/32", "a cloud's metadata"),
        Net("0.0.0.0/8", "this host"), Net("127.0.0.0/8", "loopback"), Net("10.0.0.0/8", "private"), Net("172.16.0.0/12", "private"),
        Net("192.168.0.0/16", "private"), Net("100.64.0.0/10", "carrier-grade NAT"), Net("169.254.0.0/16", "link-local"),
        Net("192.0.0.0/24", "reserved"), Net("192.0.2.0/24", "documentation"), Net("198.51.100.0/24", "documentation"), Net("203.0.113.0/24", "documentation"),
        Net("192.88.99.0/24", "a 6to4 relay"), Net("198.18.0.0/15", "benchmarking"), Net("224.0.0.0/4", "multicast"), Net("240.0.0.0/4", "reserved or broadcast"),
    ];

    private static readonly (IPNetwork Network, string What)[] V6 =
    [
        Net("fd00:ec2::/32", "a cloud's metadata"), Net("fd20:ce::254/128", "a cloud's metadata"), Net("::/128", "this host"), Net("::1/128", "loopback"),
        Net("fc00::/7", "unique local"), Net("fe80::/10", "link-local"), Net("fec0::/10", "site-local"), Net("ff00::/8", "multicast"),
        Net("64:ff9b:1::/48", "a local NAT64"), Net("2001:db8::/32", "documentation"), Net("3fff::/20", "documentation"), Net("2001::/32", "Teredo"),
        Net("2001::/23", "reserved"), Net("2002::/16", "6to4"),
    ];

    private static readonly IPNetwork Nat64 = Net("64:ff9b::/96");

    /// <summary>Everything that is routed on the IPv6 Internet lies in here.</summary>
    private static readonly IPNetwork GlobalUnicast = Net("2000::/3");

    /// <summary>What kind of address it is; null for a public one.</summary>
    public static string? KindOf(IPAddress address)
    {
        if (address.AddressFamily is AddressFamily.InterNetwork)
        {
            return Kind(V4, address);
        }

        if (address.AddressFamily is not AddressFamily.InterNetworkV6)
        {
            return "of an unknown family";
        }

        // The same place in other words: what counts is the IPv4 address inside.
        if (address.IsIPv4MappedToIPv6 || Nat64.Contains(address))
        {
            return Kind(V4, new IPAddress(address.GetAddressBytes()[12..]));
        }

        return address.ScopeId != 0 ? "link-local" : Kind(V6, address) ?? (GlobalUnicast.Contains(address) ? null : "reserved");
    }

    private static string? Kind((IPNetwork Network, string What)[] networks, IPAddress address)
    {
        foreach (var (network, what) in networks)
        {
            if (network.Contains(address))
            {
                return what;
            }
        }

        return null;
    }

    private static (IPNetwork Network, string What) Net(string network, string what) => (Net(network), what);

    private static IPNetwork Net(string network) => IPNetwork.Parse(network);
}
