using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Sops;
using Agency.WorkerProtocol;

namespace Agency.Worker.Mcp;

/// <summary>
/// The tools of the servers behind the gateway. These are stateless, so a call is one POST. The SDK's client would be most of this program's size
/// and of what its start costs, and would ask each server about itself before the first call.
/// </summary>
internal sealed class GatewayTools(RunEnvelope envelope, HttpClient http)
{
    internal static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeWithQualityHeaderValue[] Accepted = [new("application/json"), new("text/event-stream")];

    private int _lastId;

    /// <summary>Throws for <paramref name="cancellationToken"/> and for faults of the worker itself; what the other side does is an answer.</summary>
    public async Task<ToolAnswer> CallAsync(SopTool tool, JsonObject arguments, string traceparent, CancellationToken cancellationToken)
    {
        if (!envelope.Servers.Contains(tool.Server))
        {
            return ToolAnswer.Failed(FailureKind.Permanent, $"This run may not use the server '{tool.Server}'. Allowed: {string.Join(", ", envelope.Servers)}.");
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://gateway/{tool.Server}/mcp") { Content = Message(tool.Tool, arguments) };
            foreach (var type in Accepted) request.Headers.Accept.Add(type);
            request.Headers.TryAddWithoutValidation("traceparent", traceparent);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            using var answer = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode) return new ToolAnswer { Error = CallFailures.Refused(response.StatusCode, answer, tool) };
            return answer is null ? new ToolAnswer { Error = CallFailures.NoAnswer(tool) } : ToolAnswers.From(answer.RootElement, tool, envelope.Limits.MaxResultBytes);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested && CallFailures.IsExpected(e))
        {
            return new ToolAnswer { Error = CallFailures.Describe(e, tool) };
        }
    }

    private ByteArrayContent Message(string tool, JsonObject arguments)
    {
        using var body = new MemoryStream();
        using (var writer = new Utf8JsonWriter(body, Readable))
        {
            writer.WriteStartObject();
            writer.WriteString("jsonrpc"u8, "2.0"u8);
            writer.WriteNumber("id"u8, ++_lastId);
            writer.WriteString("method"u8, "tools/call"u8);
            writer.WriteStartObject("params"u8);
            writer.WriteString("name"u8, tool);
            writer.WritePropertyName("arguments"u8);
            arguments.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new ByteArrayContent(body.GetBuffer(), 0, (int)body.Length) { Headers = { ContentType = Json } };
    }

    private static async Task<JsonDocument?> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await RpcAnswer.ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
        }
        catch (JsonException) when (!response.IsSuccessStatusCode)
        {
            return null; // The status says it all.
        }
    }
}
