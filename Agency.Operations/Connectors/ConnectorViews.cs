using Agency.Data;

namespace Agency.Operations.Connectors;

/// <summary>An MCP server of others that a client's runs may use.</summary>
/// <param name="Client">Whose runs.</param>
/// <param name="Name">What procedures call it: name.tool.</param>
/// <param name="Url">Where it is.</param>
/// <param name="Secret">The secret that goes with each call; null: none.</param>
/// <param name="Header">The header that carries it.</param>
/// <param name="SetAt">When it was set.</param>
/// <param name="SetBy">By whom.</param>
public sealed record ConnectorView(CompanyId Client, string Name, string Url, string? Secret, string Header, DateTimeOffset SetAt, string SetBy);

/// <summary>A connector that was set.</summary>
/// <param name="Connector">The connector.</param>
/// <param name="Replaced">There was one of that name.</param>
internal sealed record SetConnector(ConnectorView Connector, bool Replaced);

/// <summary>A connector that is gone.</summary>
internal sealed record DeletedConnector(CompanyId Client, string Name);
