using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using ModelContextProtocol.Protocol;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>From <see cref="Result{T}"/> to what a tool answers.</summary>
public static class ToolResults
{
    /// <summary>The value, or the failure as this tool's answer: <c>isError</c> with the message and <c>{"error":{"kind","message"}}</c>.</summary>
    public static T OrThrow<T>(this Result<T> result) => result.IsSuccess ? result.Value : throw new ToolFailureException(result.Error);

    public static async Task<T> OrThrow<T>(this Task<Result<T>> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return (await result).OrThrow();
    }

    /// <summary>The kind as it stands in an answer.</summary>
    public static string KindName(ErrorKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    internal static CallToolResult Failure(Error error) => Failure(KindName(error.Kind), error.Message);

    internal static CallToolResult Failure(string kind, string message, string? traceId = null)
    {
        var error = new JsonObject { ["kind"] = kind, ["message"] = message };
        if (traceId is not null)
        {
            error["trace_id"] = traceId;
        }

        return new CallToolResult
        {
            IsError = true,
            Content = [new TextContentBlock { Text = message }],
            StructuredContent = JsonSerializer.SerializeToElement(new JsonObject { ["error"] = error }),
        };
    }
}
