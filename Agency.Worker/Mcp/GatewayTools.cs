using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Sops;
using Agency.WorkerProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.Worker.Mcp;

/// <summary>
/// The tools of the servers behind the gateway. One client a server, made at its first call. Nothing is disposed: the process ends with its run.
/// </summary>
internal sealed class GatewayTools(RunEnvelope envelope, HttpClient http)
{
    private readonly Dictionary<string, McpClient> _clients = new(StringComparer.Ordinal);

    /// <summary>Throws for <paramref name="cancellationToken"/> and for faults of the worker itself; what the other side does is an answer.</summary>
    public async Task<ToolAnswer> CallAsync(SopTool tool, JsonObject arguments, string traceparent, CancellationToken cancellationToken)
    {
        if (!envelope.Servers.Contains(tool.Server))
        {
            return ToolAnswer.Failed(FailureKind.Permanent, $"This run may not use the server '{tool.Server}'. Allowed: {string.Join(", ", envelope.Servers)}.");
        }

        TraceparentHandler.Current = traceparent;
        try
        {
            var client = await ConnectAsync(tool.Server, cancellationToken).ConfigureAwait(false);
            var request = new CallToolRequestParams
            {
                Name = tool.Tool,
                Arguments = arguments.ToDictionary(p => p.Key, p => JsonElement.Parse(p.Value?.ToJsonString() ?? "null")),
            };
            var result = await client.CallToolAsync(request, cancellationToken).ConfigureAwait(false);
            return ToolAnswers.From(result, envelope.Limits.MaxResultBytes);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && CallFailures.IsExpected(e))
        {
            return new ToolAnswer { Error = CallFailures.Describe(e, tool.ToString()) };
        }
    }

    private async Task<McpClient> ConnectAsync(string server, CancellationToken cancellationToken)
    {
        if (_clients.TryGetValue(server, out var existing)) return existing;
        var options = new HttpClientTransportOptions
        {
            Endpoint = new Uri($"http://gateway/{server}/mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            Name = server,
        };
        var transport = new HttpClientTransport(options, http, loggerFactory: null, ownsHttpClient: false);
        return _clients[server] = await McpClient.CreateAsync(transport, cancellationToken: cancellationToken).ConfigureAwait(false);
    }
}
