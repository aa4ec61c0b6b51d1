namespace Agency.Sops;

/// <summary>A tool of an MCP server, written <c>server.tool</c> in a procedure.</summary>
public readonly record struct SopTool(string Server, string Tool)
{
    /// <summary>Fetches the company's profile before the first step of every run.</summary>
    public static SopTool GetProfile { get; } = new("context", "get_company_profile");

    /// <summary>Retrieves the passages that matter before the first step of every run.</summary>
    public static SopTool QueryContext { get; } = new("context", "query_company_context");

    public override string ToString() => $"{Server}.{Tool}";
}
