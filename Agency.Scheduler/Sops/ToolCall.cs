using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agency.Scheduler.Sops;

/// <summary>
/// One call of a tool as one POST. Servers are stateless, so nothing has to come before it; a client of the SDK for each run would make two requests
/// and a session out of it.
/// </summary>
internal static class ToolCall
{
    private const int Id = 1;

    private static readonly JsonSerializerOptions Json = McpJsonUtilities.DefaultOptions;

    /// <exception cref="HttpRequestException">The server did not answer, not with 200, or with more than the client takes.</exception>
    /// <exception cref="McpException">It answered with an error of the protocol.</exception>
    /// <exception cref="JsonException">It answered with something else.</exception>
    public static async Task<CallToolResult> SendAsync(
        HttpClient http, string server, string token, string tool, IDictionary<string, JsonElement> arguments, CancellationToken cancellationToken)
    {
        var call = new JsonRpcRequest
        {
            Id = new RequestId(Id),
            Method = RequestMethods.ToolsCall,
            Params = JsonSerializer.SerializeToNode(new CallToolRequestParams { Name = tool, Arguments = arguments }, Json),
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{server}/mcp")
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes<JsonRpcMessage>(call, Json)) { Headers = { ContentType = new("application/json") } },
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await AnswerAsync(body, response.Content.Headers.ContentType?.MediaType is "text/event-stream", cancellationToken) switch
        {
            JsonRpcResponse { Result: { } result } => result.Deserialize<CallToolResult>(Json) ?? throw new JsonException("The answer's result is null."),
            JsonRpcError { Error: { } error } => throw new McpProtocolException(error.Message, (McpErrorCode)error.Code),
            _ => throw new JsonException("The server gave no answer."),
        };
    }

    private static async Task<JsonRpcMessage?> AnswerAsync(Stream body, bool isEventStream, CancellationToken cancellationToken)
    {
        if (!isEventStream)
        {
            return await JsonSerializer.DeserializeAsync<JsonRpcMessage>(body, Json, cancellationToken);
        }

        // Notifications may come before it.
        await foreach (var item in SseParser.Create(body, (_, data) => JsonSerializer.Deserialize<JsonRpcMessage>(data, Json)).EnumerateAsync(cancellationToken))
        {
            if (item.Data is JsonRpcResponse or JsonRpcError)
            {
                return item.Data;
            }
        }

        return null;
    }
}
