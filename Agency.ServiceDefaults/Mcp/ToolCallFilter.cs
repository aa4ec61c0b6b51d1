using System.Diagnostics;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>Around every tool call: who may, whether the arguments are right, and how a failure is answered.</summary>
internal sealed partial class ToolCallFilter(ILogger<ToolCallFilter> logger)
{
    private static readonly TimeSpan ListLifetime = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;

    public async ValueTask<CallToolResult> CallAsync(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next, RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken)
    {
        if (request.MatchedPrimitive is not AgencyTool tool)
        {
            // Unknown: the SDK answers with the protocol error that clients expect.
            return await next(request, cancellationToken);
        }

        var name = tool.ProtocolTool.Name;
        if (!CallerClaims.TryRead(request.User, out var caller))
        {
            return ToolResults.Failure(Error.Forbidden("This call carries no agency token."));
        }

        Activity.Current?.SetTag("agency.tool", name);
        if (caller.Company is { } company)
        {
            Activity.Current?.SetTag("agency.company", company.Value);
        }

        if (ToolAccess.Refusal(caller, tool) is { } refusal)
        {
            Refused(_logger, name, caller.Role, caller.Company?.Value, caller.TokenId);
            return ToolResults.Failure(refusal);
        }

        var faults = ArgumentValidator.Check(tool.ProtocolTool.InputSchema, request.Params.Arguments ?? new Dictionary<string, System.Text.Json.JsonElement>());
        if (faults.Count > 0)
        {
            return ToolResults.Failure(Error.Invalid($"{name} was not called: {string.Join("; ", faults)}."));
        }

        return await InvokeAsync(next, request, name, cancellationToken);
    }

    /// <summary>Lists what the caller may call; the answer is the caller's own, so nobody in between may share it.</summary>
    public static async ValueTask<ListToolsResult> ListAsync(
        McpRequestHandler<ListToolsRequestParams, ListToolsResult> next, RequestContext<ListToolsRequestParams> request, CancellationToken cancellationToken)
    {
        var result = await next(request, cancellationToken);
        var tools = request.Server.ServerOptions.ToolCollection;
        var caller = CallerClaims.TryRead(request.User, out var known) ? known : null;
        result.Tools = [.. result.Tools
            .Where(listed => caller is not null && tools is not null && tools.TryGetPrimitive(listed.Name, out var primitive)
                && primitive is AgencyTool tool && ToolAccess.Refusal(caller, tool) is null)
            .OrderBy(listed => listed.Name, StringComparer.Ordinal)];
        result.TimeToLive = ListLifetime;
        result.CacheScope = CacheScope.Private;
        return result;
    }

    private async ValueTask<CallToolResult> InvokeAsync(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next, RequestContext<CallToolRequestParams> request, string name, CancellationToken cancellationToken)
    {
        try
        {
            return await next(request, cancellationToken);
        }
        catch (ToolFailureException failure)
        {
            return ToolResults.Failure(failure.Error);
        }
        catch (Exception e) when (e is not McpException && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var traceId = Activity.Current?.TraceId.ToHexString() ?? Guid.NewGuid().ToString("N");
            Failed(_logger, e, name, traceId);
            return ToolResults.Failure("internal", $"{name} failed for a reason of ours. Try again later; if it stays, tell the operator this trace id: {traceId}.", traceId);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Tool} refused to a caller of role {Role}, company {Company}, token {TokenId}.")]
    private static partial void Refused(ILogger logger, string tool, CallerRole role, string? company, string tokenId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Tool} failed unexpectedly. Trace id {TraceId}.")]
    private static partial void Failed(ILogger logger, Exception exception, string tool, string traceId);
}
