using System.Net;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Outbound;

/// <summary>Section <c>Outbound</c>: which addresses that clients name may be reached although they are not public ones.</summary>
public sealed class OutboundOptions
{
    public const string Section = "Outbound";

    /// <summary>
    /// Host names (<c>crm.internal</c>, <c>*.corp.example</c>), addresses and networks (<c>10.1.0.0/16</c>), separated by commas. They may also be
    /// reached by plain http.
    /// </summary>
    public string? Allow { get; set; }

    internal IReadOnlyList<string> Entries => (Allow ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

internal sealed class OutboundOptionsValidator : IValidateOptions<OutboundOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboundOptions options)
    {
        var wrong = options.Entries.Where(entry => !AllowList.IsEntry(entry)).ToArray();
        return wrong.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Outbound:Allow names what is no host, address or network: {string.Join(", ", wrong)}. Write for example Outbound__Allow=crm.internal,*.corp.example,10.1.0.0/16.");
    }
}

/// <summary>The operator's exceptions, parsed.</summary>
internal sealed class AllowList
{
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<string> _suffixes = [];
    private readonly List<IPNetwork> _networks = [];

    public AllowList(IEnumerable<string> entries)
    {
        foreach (var entry in entries)
        {
            if (Network(entry) is { } network)
            {
                _networks.Add(network);
            }
            else if (entry.StartsWith("*.", StringComparison.Ordinal))
            {
                _suffixes.Add(entry[1..]);
            }
            else
            {
                _hosts.Add(entry);
            }
        }
    }

    public bool HasHost(string host) => _hosts.Contains(host) || _suffixes.Exists(suffix => host.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    public bool HasAddress(IPAddress address) => _networks.Exists(network => network.Contains(address));

    public static bool IsEntry(string entry)
    {
        var host = entry.StartsWith("*.", StringComparison.Ordinal) ? entry[2..] : entry;
        return Network(entry) is not null || (!host.Contains('/', StringComparison.Ordinal) && Uri.CheckHostName(host) is UriHostNameType.Dns);
    }

    private static IPNetwork? Network(string entry) =>
        IPAddress.TryParse(entry, out var address)
            ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : IPNetwork.TryParse(entry, out var network) ? network : null;
}
