using System.Diagnostics;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Auditing;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>Around every tool call: who may, whether the arguments are right, how a failure is answered, and what the audit log says of it.</summary>
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

        var call = AuditCall.Begin(
            AuditLog.Actor(caller), ServerName(request), name, AuditArguments.Target(tool, request.Params.Arguments), AuditArguments.Write(tool, request.Params.Arguments));
        Answer answer;
        try
        {
            answer = await DecideAsync(next, request, tool, caller, cancellationToken);
        }
        catch (McpException e)
        {
            await RecordAsync(request.Services!, call, tool, new Answer(new CallToolResult(), AuditOutcome.Failed, $"protocol: {e.Message}"));
            throw;
        }
        catch (OperationCanceledException)
        {
            await RecordAsync(request.Services!, call, tool, call.IsWritten ? Answer.Written : new Answer(new CallToolResult(), AuditOutcome.Failed, "cancelled: the caller went away"));
            throw;
        }

        await RecordAsync(request.Services!, call, tool, answer);
        return answer.Result;
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

    private async ValueTask<Answer> DecideAsync(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next, RequestContext<CallToolRequestParams> request, AgencyTool tool, Caller caller,
        CancellationToken cancellationToken)
    {
        var name = tool.ProtocolTool.Name;
        if (ToolAccess.Refusal(caller, tool) is { } refusal)
        {
            Refused(_logger, name, caller.Role, caller.Company?.Value, caller.TokenId);
            return Answer.Of(refusal);
        }

        if (caller.Company is { } company && request.Services!.GetService<IFrozenClients>() is { } frozen && await frozen.IsFrozenAsync(company, cancellationToken))
        {
            var standstill = Error.Forbidden(
                $"'{company}' is frozen by the agency: its tokens can neither read nor change anything until that is lifted. Nothing is lost; ask the agency's operator.");
            return Answer.Of(standstill) with { Frozen = true };
        }

        var faults = ArgumentValidator.Check(tool.ProtocolTool.InputSchema, request.Params.Arguments ?? new Dictionary<string, System.Text.Json.JsonElement>());
        return faults.Count > 0
            ? Answer.Of(Error.Invalid($"{name} was not called: {string.Join("; ", faults)}.")) with { Error = "invalid: the arguments" }
            : await InvokeAsync(next, request, name, cancellationToken);
    }

    private async ValueTask<Answer> InvokeAsync(
        McpRequestHandler<CallToolRequestParams, CallToolResult> next, RequestContext<CallToolRequestParams> request, string name, CancellationToken cancellationToken)
    {
        try
        {
            var result = await next(request, cancellationToken);
            return new Answer(result, result.IsError is true ? AuditOutcome.Failed : AuditOutcome.Done);
        }
        catch (ToolFailureException failure)
        {
            return Answer.Of(failure.Error);
        }
        catch (Exception e) when (e is not McpException && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            var traceId = Activity.Current?.TraceId.ToHexString() ?? Guid.NewGuid().ToString("N");
            Failed(_logger, e, name, traceId);
            return new Answer(
                ToolResults.Failure("internal", $"{name} failed for a reason of ours. Try again later; if it stays, tell the operator this trace id: {traceId}.", traceId),
                AuditOutcome.Failed,
                "internal");
        }
    }

    /// <summary>
    /// Writes what no transaction has written: every refusal, whatever was asked, and of what changes things also what failed and what had nothing to change.
    /// A frozen client that goes on reading is not worth a line for each time.
    /// </summary>
    private static async ValueTask RecordAsync(IServiceProvider services, AuditCall call, AgencyTool tool, Answer answer)
    {
        var outcome = call.IsDenied && answer.Outcome is not AuditOutcome.Done ? AuditOutcome.Denied : answer.Outcome;
        var worth = tool.ReadOnly
            ? outcome is AuditOutcome.Denied && !answer.Frozen
            : outcome is not AuditOutcome.Done || !call.IsWritten;
        if (worth && services.GetService<RefusalLog>() is { } log)
        {
            // A message about a secret or about content may quote it.
            var error = tool.ContentArguments.Count > 0 || AuditArguments.HoldSecrets(tool.ProtocolTool.InputSchema) ? answer.Error?.Split(':')[0] : answer.Error;
            await log.AppendAsync(call.Record(outcome, error));
        }
    }

    private static string ServerName(RequestContext<CallToolRequestParams> request)
    {
        var name = request.Server.ServerOptions.ServerInfo?.Name ?? "";
        return name.StartsWith(AgencyMcpExtensions.NamePrefix, StringComparison.Ordinal) ? name[AgencyMcpExtensions.NamePrefix.Length..] : name;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Tool} refused to a caller of role {Role}, company {Company}, token {TokenId}.")]
    private static partial void Refused(ILogger logger, string tool, CallerRole role, string? company, string tokenId);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Tool} failed unexpectedly. Trace id {TraceId}.")]
    private static partial void Failed(ILogger logger, Exception exception, string tool, string traceId);

    /// <param name="Result">What the caller gets.</param>
    /// <param name="Outcome">What the audit log calls it.</param>
    /// <param name="Error">Its kind and text.</param>
    private sealed record Answer(CallToolResult Result, AuditOutcome Outcome, string? Error = null)
    {
        /// <summary>What changed stands in the log already.</summary>
        public static Answer Written { get; } = new(new CallToolResult(), AuditOutcome.Done);

        public bool Frozen { get; init; }

        public static Answer Of(Error error) => new(
            ToolResults.Failure(error),
            error.Kind is ErrorKind.Forbidden ? AuditOutcome.Denied : AuditOutcome.Failed,
            $"{ToolResults.KindName(error.Kind)}: {error.Message}");
    }
}
