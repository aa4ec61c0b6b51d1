using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Agency.Worker.Hosting;

/// <summary>Answers the requests of the warm-up run from memory, as an MCP server would.</summary>
internal sealed class WarmUpServer : HttpMessageHandler
{
    private const string Called = """{"content":[{"type":"text","text":"{}"}],"structuredContent":{"passages":[]}}""";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken).ConfigureAwait(false))!;
        var answer = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = asked["id"]?.DeepClone(),
            ["result"] = JsonNode.Parse(Called),
        };
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            RequestMessage = request,
            Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json"),
        };
    }
}
