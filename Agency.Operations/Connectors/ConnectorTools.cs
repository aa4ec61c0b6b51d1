using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Connectors;

[McpServerToolType]
[NotForRuns]
internal sealed class ConnectorTools(ConnectorDesk desk, ConnectorReader reader)
{
    private const string NameText = "The connector's name: lower-case letters, digits, '_' and '-'. Procedures call its tools as name.tool.";

    [McpServerTool(Name = "set_connector", Title = "Set a client's connector", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = true, UseStructuredContent = true)]
    [Description("Lets a client's runs use an MCP server of others, such as the client's ticket system: with a connector named crm, a procedure's step may call crm.create_ticket as it calls our own servers' tools. Only the tools that a procedure names are called. A credential is set with set_secret before and named here. A connector of the same name is replaced; runs that are under way use it from their next call on.")]
    public Task<SetConnector> SetConnector(
        [Description(NameText)][RegularExpression(ConnectorDesk.NamePattern)] string name,
        [Description("The server's MCP address for streamable HTTP, such as https://crm.example.com/mcp. It must be public and https, unless the operator allows it otherwise.")][StringLength(2000, MinimumLength = 1)] string url,
        [Description("The name of the client's secret that goes with each call; without it none does. A secret goes to one host only: to send it elsewhere, delete the connectors that use it and set its value again with rebind true.")][StringLength(Secrets.SecretDesk.MaxValue)][Secret] string? secret = null,
        [Description("The header that carries the secret. In Authorization it is sent as a bearer token, in any other as it is.")][RegularExpression(ConnectorDesk.HeaderPattern)] string header = ConnectorDesk.Authorization,
        [Description(ArgumentTexts.Client)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.SetAsync(client, name, new ConnectorTarget(url, secret, header), cancellationToken).OrThrow();

    [McpServerTool(Name = "delete_connector", Title = "Delete a client's connector", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes a connector. Runs of procedures that name it fail from then on. Its secret stays; delete_secret deletes that.")]
    public Task<DeletedConnector> DeleteConnector(
        [Description(NameText)][RegularExpression(ConnectorDesk.NamePattern)] string name,
        [Description(ArgumentTexts.Client)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.DeleteAsync(client, name, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_connectors", Title = "List connectors", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the MCP servers of others that clients' runs may use, by client and name.")]
    public Task<Page<ConnectorView>> ListConnectors(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, cursor, limit, cancellationToken).OrThrow();
}
