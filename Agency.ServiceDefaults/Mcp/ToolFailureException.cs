using Agency.Data;
using ModelContextProtocol;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>Carries an expected failure from a tool to the one place that answers it. Made by <see cref="ToolResults.OrThrow{T}(Result{T})"/>.</summary>
internal sealed class ToolFailureException(Error error) : McpException(error.Message)
{
    public Error Error { get; } = error;
}
