using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agency.WorkerProtocol.Wire;

/// <summary>Reads envelopes as <see cref="ProtocolJsonContext"/> writes them; by hand, for the reason that <see cref="EventJson"/> gives.</summary>
internal static class EnvelopeJson
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    /// <exception cref="JsonException">It is no envelope; the message says where.</exception>
    public static RunEnvelope Read(ReadOnlySpan<byte> json)
    {
        var envelope = JsonElement.Parse(json, Options);
        var (company, workflow, limits) = (Member(envelope, "company"), Member(envelope, "workflow"), Member(envelope, "limits"));
        return new RunEnvelope
        {
            Protocol = Number(envelope, "protocol"),
            RunId = Text(envelope, "run_id"),
            Company = new RunCompany(Text(company, "id"), Text(company, "name")),
            Workflow = new RunWorkflow(Text(workflow, "id"), Text(workflow, "type")),
            Sop = Text(envelope, "sop"),
            Inputs = Optional(envelope, "inputs") is { } inputs ? JsonObject.Create(inputs)! : [],
            Attempt = Number(envelope, "attempt"),
            ScheduledFor = Member(envelope, "scheduled_for") is { ValueKind: JsonValueKind.String } text && text.TryGetDateTimeOffset(out var at) ? at : throw Wrong("scheduled_for", "a time"),
            Limits = new RunLimits(Number(limits, "run_timeout_seconds"), Number(limits, "step_timeout_seconds"), Number(limits, "max_result_bytes")),
            GatewaySocket = Text(envelope, "gateway_socket"),
            Servers = [.. Member(envelope, "servers").EnumerateArray().Select(server => Text(server) ?? throw Wrong("servers", "a list of texts"))],
            Traceparent = Optional(envelope, "traceparent") is null ? null : Text(envelope, "traceparent"),
        };
    }

    private static string Text(JsonElement of, string name) => Text(Member(of, name)) ?? throw Wrong(name, "a text");

    private static string? Text(JsonElement value) => value.ValueKind is JsonValueKind.String ? WireText.Clean(value.GetString()!) : null;

    private static int Number(JsonElement of, string name) =>
        Member(of, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : throw Wrong(name, "a whole number");

    private static JsonElement Member(JsonElement of, string name) => Optional(of, name) ?? throw new JsonException($"'{name}' is missing.");

    private static JsonElement? Optional(JsonElement of, string name) =>
        of.ValueKind is not JsonValueKind.Object ? throw new JsonException($"{of.ValueKind} stands where an object should.")
        : of.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value
        : null;

    private static JsonException Wrong(string name, string expected) => new($"'{name}' is not {expected}.");
}
