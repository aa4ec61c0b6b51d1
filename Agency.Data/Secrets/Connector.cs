namespace Agency.Data.Secrets;

/// <summary>An MCP server of others whose tools a company's runs may use, as <c>name.tool</c> in a procedure.</summary>
public sealed class Connector
{
    public required CompanyId CompanyId { get; init; }

    public required string Name { get; init; }

    /// <summary>Where it takes MCP's POSTs.</summary>
    public required string Url { get; set; }

    /// <summary>The company's secret that is sent with each call; null sends none.</summary>
    public string? SecretName { get; set; }

    /// <summary>The header that carries the secret; in Authorization it is a bearer token.</summary>
    public required string Header { get; set; }

    public required string SetBy { get; set; }

    public required DateTimeOffset SetAt { get; set; }
}
