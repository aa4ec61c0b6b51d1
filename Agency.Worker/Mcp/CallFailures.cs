using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Agency.Sops;
using Agency.WorkerProtocol;

namespace Agency.Worker.Mcp;

/// <summary>What a call that got no result means for the run.</summary>
internal static class CallFailures
{
    /// <summary>JSON-RPC's code for a fault of the server, which may pass.</summary>
    private const int InternalError = -32603;

    /// <summary>Whether the other side or the way to it is at fault, and not this program.</summary>
    public static bool IsExpected(Exception e) =>
        e is (HttpRequestException or AnswerTooLargeException or IOException or SocketException or JsonException or TimeoutException or OperationCanceledException)
        && e is not (FileNotFoundException or FileLoadException);

    public static RunError Describe(Exception e, SopTool tool) => e switch
    {
        AnswerTooLargeException => new(FailureKind.Permanent, Text($"'{tool}' answered with more than {RpcAnswer.MaxBytes / 1024 / 1024} MB, which a worker does not read. Ask the tool for less.")),
        JsonException => new(FailureKind.Transient, Text($"'{tool}' answered with something that is not JSON: {e.Message}")),
        _ => new(FailureKind.Transient, Text($"'{tool}' could not be reached: {e.Message}")),
    };

    public static RunError NoAnswer(SopTool tool) => new(FailureKind.Transient, Text($"'{tool}' gave no answer."));

    /// <summary>The gateway, or the server behind it, answered with a status instead of a result.</summary>
    public static RunError Refused(HttpStatusCode status, JsonDocument? answer, SopTool tool)
    {
        var why = answer is not null && Error(answer.RootElement) is { } error ? $": {Message(error)}" : ".";
        return new(IsTransient(status) ? FailureKind.Transient : FailureKind.Permanent, Text($"The gateway answered {(int)status} to '{tool}'{why}"));
    }

    /// <summary>The server answered with an error of the protocol.</summary>
    public static RunError Refused(JsonElement error, SopTool tool)
    {
        var isInternal = error.TryGetProperty("code", out var code) && code.ValueKind is JsonValueKind.Number && code.TryGetInt32(out var number) && number == InternalError;
        return new(isInternal ? FailureKind.Transient : FailureKind.Permanent, Text($"The server refused '{tool}': {Message(error)}"));
    }

    /// <summary>The error in a JSON-RPC response.</summary>
    public static JsonElement? Error(JsonElement response) =>
        response.ValueKind is JsonValueKind.Object && response.TryGetProperty("error", out var error) && error.ValueKind is JsonValueKind.Object ? error : null;

    private static string Message(JsonElement error) =>
        error.TryGetProperty("message", out var message) && message.ValueKind is JsonValueKind.String ? message.GetString()! : "it did not say why.";

    private static bool IsTransient(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    private static string Text(string message) => ProtocolText.Clip(message, ProtocolText.MaxMessage);
}
