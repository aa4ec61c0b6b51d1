using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.Operations.Demo;

/// <summary>Calls the agency's own MCP servers as an operator, with a token of a few minutes.</summary>
internal sealed class DemoTools(ServerAddresses servers, TokenIssuer issuer) : IAsyncDisposable
{
    private readonly Dictionary<string, McpClient> _clients = [];

    /// <exception cref="HttpRequestException">The server does not answer (yet).</exception>
    /// <exception cref="McpException">The server refused the call.</exception>
    public async Task CallAsync(DemoCall call, CancellationToken cancellationToken)
    {
        var client = await ClientAsync(call.Server, cancellationToken);
        var arguments = call.Arguments.ToDictionary(a => a.Key, a => (object?)a.Value);
        var result = await client.CallToolAsync(call.Tool, arguments, cancellationToken: cancellationToken);
        if (result.IsError is true && !(call.MayExist && KindOf(result) == "conflict"))
        {
            var text = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(block => block.Text));
            throw new McpException($"{call.Server}.{call.Tool}: {text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients.Values)
        {
            await client.DisposeAsync();
        }
    }

    private async Task<McpClient> ClientAsync(string server, CancellationToken cancellationToken)
    {
        if (_clients.TryGetValue(server, out var known))
        {
            return known;
        }

        var audience = servers.Audience(server);
        var token = issuer.Issue(TokenRequest.ForOperator("demo", TimeSpan.FromMinutes(15), [audience]));
        var http = new HttpClient(new SocketsHttpHandler(), disposeHandler: true);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Token);
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = new Uri(audience), TransportMode = HttpTransportMode.StreamableHttp }, http, ownsHttpClient: true);
        return _clients[server] = await McpClient.CreateAsync(transport, cancellationToken: cancellationToken);
    }

    private static string? KindOf(CallToolResult result) =>
        result.Meta?[ToolResults.ErrorMetaKey] is JsonObject error && error["kind"] is { } kind && kind.GetValueKind() == JsonValueKind.String
            ? kind.GetValue<string>()
            : null;
}
