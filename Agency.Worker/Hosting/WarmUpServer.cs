using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Agency.Worker.Hosting;

/// <summary>
/// Answers the requests of the warm-up run from memory, as an MCP server would: also in the older way, which the client falls back to when an
/// answer took long, as on a machine that is overloaded or was asleep.
/// </summary>
internal sealed class WarmUpServer : HttpMessageHandler
{
    private const string Discovered = """
        {"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{}},"ttlMs":0,"cacheScope":"private",
        "_meta":{"io.modelcontextprotocol/serverInfo":{"name":"warm-up","version":"1"}}}
        """;

    private const string Initialized = """{"protocolVersion":"2025-06-18","capabilities":{"tools":{}},"serverInfo":{"name":"warm-up","version":"1"}}""";

    private const string Called = """{"resultType":"complete","content":[{"type":"text","text":"{}"}],"structuredContent":{"passages":[]}}""";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Post) return new HttpResponseMessage(HttpStatusCode.MethodNotAllowed) { RequestMessage = request };
        var asked = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken).ConfigureAwait(false))!;
        if (asked["id"] is null) return new HttpResponseMessage(HttpStatusCode.Accepted) { RequestMessage = request };
        var answer = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = asked["id"]!.DeepClone(),
            ["result"] = JsonNode.Parse((string?)asked["method"] switch { "tools/call" => Called, "initialize" => Initialized, _ => Discovered }),
        };
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json"),
        };
    }
}
