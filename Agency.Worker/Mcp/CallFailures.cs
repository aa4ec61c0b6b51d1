using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Agency.WorkerProtocol;
using ModelContextProtocol;

namespace Agency.Worker.Mcp;

/// <summary>What an exception of a call means for the run.</summary>
internal static class CallFailures
{
    /// <summary>Whether the other side or the way to it is at fault, and not this program.</summary>
    public static bool IsExpected(Exception e) =>
        e is (HttpRequestException or McpException or IOException or SocketException or JsonException or TimeoutException or OperationCanceledException)
        && e is not (FileNotFoundException or FileLoadException);

    public static RunError Describe(Exception exception, string tool)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case HttpRequestException { StatusCode: { } status }:
                    return new(IsTransient(status) ? FailureKind.Transient : FailureKind.Permanent, Text($"The gateway answered {(int)status} to '{tool}': {e.Message}"));
                case McpProtocolException rpc:
                    return new(rpc.ErrorCode is McpErrorCode.InternalError ? FailureKind.Transient : FailureKind.Permanent, Text($"The server refused '{tool}': {e.Message}"));
            }
        }

        return new(FailureKind.Transient, Text($"'{tool}' could not be reached: {exception.Message}"));
    }

    private static bool IsTransient(HttpStatusCode status) =>
        (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;

    private static string Text(string message) => ProtocolText.Clip(message, ProtocolText.MaxMessage);
}
