using Agency.Data;
using Agency.ServiceDefaults.Secrets;
using Agency.ServiceDefaults.Secrets.Redaction;
using Agency.Sops;

namespace Agency.Scheduler.Gateway;

/// <summary>What one run may reach: the servers and tools of its procedure and nothing else. It reaches none of its company's secrets.</summary>
internal sealed class RunGrant
{
    private readonly Dictionary<string, HashSet<string>> _tools;
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, string Value), OpenedSecret> _secrets = [];
    private volatile SecretRedactor _redactor = SecretRedactor.Empty;

    public RunGrant(CompanyId company, RunId run, IEnumerable<SopTool> tools, IEnumerable<OpenedSecret>? secrets = null)
    {
        Company = company;
        Run = run;
        _tools = tools.GroupBy(t => t.Server, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(t => t.Tool).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        Withhold(secrets ?? []);
    }

    public CompanyId Company { get; }

    public RunId Run { get; }

    /// <summary>The W3C trace parent under which the run executes.</summary>
    public string? TraceParent { get; set; }

    public IReadOnlyCollection<string> Servers => _tools.Keys;

    /// <summary>Takes the company's secrets out of what the run gets and of what it tells.</summary>
    public SecretRedactor Redactor => _redactor;

    /// <summary>The tools of a server; null when the run may not use it.</summary>
    public IReadOnlyCollection<string>? Tools(string server) => _tools.GetValueOrDefault(server);

    public bool Allows(string server, string tool) => _tools.TryGetValue(server, out var tools) && tools.Contains(tool);

    /// <summary>Adds what the run must not see; a secret may be set anew while it lasts.</summary>
    public void Withhold(IEnumerable<OpenedSecret> secrets)
    {
        lock (_gate)
        {
            var known = _secrets.Count;
            foreach (var secret in secrets.Where(s => s.Value is not null))
            {
                _secrets.TryAdd((secret.Name, secret.Value!), secret);
            }

            if (_secrets.Count > known)
            {
                _redactor = CompanySecretReader.RedactorOf(_secrets.Values);
            }
        }
    }
}
