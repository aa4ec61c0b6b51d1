using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data;
using ModelContextProtocol.Protocol;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>From <see cref="Result{T}"/> to what a tool answers.</summary>
public static class ToolResults
{
    /// <summary>
    /// Where an answer with <c>isError</c> carries <c>{"kind", "message"}</c> (and <c>trace_id</c> when the kind is internal) for programs: in its
    /// <c>_meta</c>. Not in its structured content, because the TypeScript client holds that against the output schema even for an error, and
    /// would throw the message away.
    /// </summary>
    public const string ErrorMetaKey = "agency/error";

    /// <summary>The value, or the failure as this tool's answer: <c>isError</c>, the message as text, the kind under <see cref="ErrorMetaKey"/>.</summary>
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
            Meta = new JsonObject { [ErrorMetaKey] = error },
        };
    }
}
