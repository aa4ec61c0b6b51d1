namespace Agency.Sops;

/// <summary>The servers and tools that exist, against which a procedure's calls are checked.</summary>
public sealed class SopToolSet
{
    private readonly Dictionary<string, SortedSet<string>> _servers = new(StringComparer.Ordinal);

    public SopToolSet(IEnumerable<SopTool> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        foreach (var (server, tool) in tools)
        {
            if (!_servers.TryGetValue(server, out var names)) _servers[server] = names = new SortedSet<string>(StringComparer.Ordinal);
            names.Add(tool);
        }
    }

    /// <summary>What is wrong with a call of <paramref name="tool"/>, or null when it exists.</summary>
    internal string? Check(SopTool tool)
    {
        if (!_servers.TryGetValue(tool.Server, out var tools))
        {
            return $"There is no server '{tool.Server}'. Servers: {string.Join(", ", _servers.Keys.Order(StringComparer.Ordinal))}.";
        }

        return tools.Contains(tool.Tool)
            ? null
            : $"The server '{tool.Server}' has no tool '{tool.Tool}'. Its tools: {string.Join(", ", tools)}.";
    }
}
