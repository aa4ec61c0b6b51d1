using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Sops;

namespace Agency.Operations.Registry;

/// <summary>
/// The default procedures. A client may have procedures of its own, which this server cannot read, so what is found here only warns.
/// </summary>
internal sealed class SopCatalogue(IConfiguration configuration)
{
    private readonly Lazy<IReadOnlyDictionary<string, Sop>> _sops = new(() => Read(configuration["Sops:Folder"]));

    public IReadOnlyDictionary<string, Sop> Sops => _sops.Value;

    /// <summary>What would keep an occurrence from running unless the client has its own procedure of that name.</summary>
    public IReadOnlyList<string> Warnings(string type, JsonElement? inputs)
    {
        if (!Sops.TryGetValue(type, out var sop))
        {
            var known = Sops.Count == 0 ? "there are none" : $"there are: {string.Join(", ", Sops.Keys.Order(StringComparer.Ordinal))}";
            return [$"No default procedure is called '{type}' ({known}). Its runs fail unless the client has a procedure of its own of that name; see sop_list on the context server."];
        }

        SopInputs.Resolve(sop, inputs is { } given ? JsonObject.Create(given) : null, out var problems);
        return [.. problems.Select(problem => problem.Message)];
    }

    private static Dictionary<string, Sop> Read(string? folder)
    {
        var path = string.IsNullOrEmpty(folder) ? Path.Combine(AppContext.BaseDirectory, "sops") : folder;
        if (!Directory.Exists(path))
        {
            return [];
        }

        return Directory.EnumerateFiles(path, "*.md").Order(StringComparer.Ordinal)
            .Select(file => SopParser.Parse(File.ReadAllText(file)).Sop)
            .OfType<Sop>()
            .DistinctBy(sop => sop.Name)
            .ToDictionary(sop => sop.Name, StringComparer.Ordinal);
    }
}
