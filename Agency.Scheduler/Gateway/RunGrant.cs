using Agency.Data;
using Agency.Sops;

namespace Agency.Scheduler.Gateway;

/// <summary>What one run may reach: the servers and tools of its procedure and nothing else.</summary>
internal sealed class RunGrant
{
    private readonly Dictionary<string, HashSet<string>> _tools;

    public RunGrant(CompanyId company, RunId run, IEnumerable<SopTool> tools)
    {
        Company = company;
        Run = run;
        _tools = tools.GroupBy(t => t.Server, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(t => t.Tool).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public CompanyId Company { get; }

    public RunId Run { get; }

    public IReadOnlyCollection<string> Servers => _tools.Keys;

    /// <summary>The tools of a server; null when the run may not use it.</summary>
    public IReadOnlyCollection<string>? Tools(string server) => _tools.GetValueOrDefault(server);

    public bool Allows(string server, string tool) => _tools.TryGetValue(server, out var tools) && tools.Contains(tool);
}
