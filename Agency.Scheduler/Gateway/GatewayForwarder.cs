using System.Diagnostics;
using System.Net.Http.Headers;
using Agency.ServiceDefaults.Identity;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Gateway;

/// <summary>Decides on a worker's request and passes it on with the run's token. Holds nothing of a run.</summary>
internal sealed partial class GatewayForwarder(
    IHttpClientFactory clients, ConnectorForwarder connectors, SchedulerTelemetry telemetry, ILogger<GatewayForwarder> logger)
{
    /// <summary>Name of the HTTP client and its resilience.</summary>
    public const string ClientName = "gateway";

    public const int MaxRequestBytes = 4 * 1024 * 1024;

    public const int MaxResponseBytes = 32 * 1024 * 1024;

    private const string TraceParent = "traceparent";

    private readonly ILogger _logger = logger;

    /// <param name="context">The worker's request.</param>
    /// <param name="run">The run, and what it may.</param>
    /// <param name="onToolCall">Called for each tools/call that is passed on.</param>
    public async Task ForwardAsync(HttpContext context, RunBinding run, Action onToolCall)
    {
        var grant = run.Grant;
        if (ServerOf(context.Request.Path) is not { } server || grant.Tools(server) is null)
        {
            await GatewayAnswer.RefuseAsync(context, StatusCodes.Status403Forbidden, null, $"This run may not reach '{context.Request.Path}'.");
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            context.Response.Headers.Allow = "POST";
            return;
        }

        if (await ReadBodyAsync(context) is not { } body)
        {
            await GatewayAnswer.RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, null, $"The request has more than {MaxRequestBytes} bytes.");
            return;
        }

        if (RpcRequest.Parse(body) is not { } request)
        {
            await GatewayAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, null, "This is not one JSON-RPC request.");
            return;
        }

        // A connector is there for its tools alone.
        var isOurs = ServerAddresses.McpServers.Contains(server);
        if (!request.IsAllowedMethod || (request.Tool is { } tool ? !grant.Allows(server, tool) : !isOurs))
        {
            var what = Shown(request.Tool ?? request.Method);
            if (run.Log.Take())
            {
                Refused(_logger, grant.Run.Value, grant.Company.Value, server, what);
            }

            await GatewayAnswer.RefuseAsync(
                context, StatusCodes.Status403Forbidden, request.Id, $"This run may not call '{what}' of '{server}': its procedure does not.");
            return;
        }

        if (request.Tool is not null)
        {
            onToolCall();
            telemetry.ToolCall(isOurs ? server : "connector");
        }

        var trace = TraceOf(context.Request.Headers[TraceParent], grant.TraceParent);
        ActivityContext.TryParse(trace, null, isRemote: true, out var parent);
        using var activity = SchedulerTelemetry.Source.StartActivity($"gateway {request.Tool ?? request.Method}", ActivityKind.Internal, parent);
        activity?.SetTag("agency.company", grant.Company.Value).SetTag("agency.run", grant.Run.ToString()).SetTag("agency.server", server);
        if (isOurs)
        {
            await SendAsync(context, run, server, request, body, activity, trace);
        }
        else
        {
            await connectors.ForwardAsync(context, run, server, request, body, activity);
        }
    }

    private async Task SendAsync(HttpContext context, RunBinding run, string server, RpcRequest request, byte[] body, Activity? activity, string? trace)
    {
        var grant = run.Grant;
        using var message = new HttpRequestMessage(HttpMethod.Post, $"http://{server}/mcp") { Content = new ByteArrayContent(body) };
        message.Options.Set(GatewayRetry.Repeatable, GatewayRetry.IsRepeatable(server, request));
        message.Options.Set(HeldRunHandler.IsHeld, run.IsHeld);
        CopyHeaders(context.Request.Headers, message);
        if (activity is null && trace is not null)
        {
            message.Headers.TryAddWithoutValidation(TraceParent, trace);
        }

        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", run.Tokens.For(server));
        try
        {
            using var response = await clients.CreateClient(ClientName)
                .SendAsync(message, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
            if (response.StatusCode is System.Net.HttpStatusCode.Unauthorized)
            {
                TokenRefused(_logger, server, grant.Run.Value);
                await GatewayAnswer.RefuseAsync(context, StatusCodes.Status502BadGateway, request.Id, $"The server '{server}' did not accept the run's token.");
                return;
            }

            foreach (var (name, values) in response.Headers.Where(h => h.Key.StartsWith("mcp-", StringComparison.OrdinalIgnoreCase)))
            {
                context.Response.Headers[name] = values.ToArray();
            }

            await GatewayAnswer.RelayAsync(context, response, grant.Redactor, MaxResponseBytes);
        }
        catch (RunNotHeldException e)
        {
            await GatewayAnswer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, request.Id, e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var kind = e is HttpRequestException http ? http.HttpRequestError : HttpRequestError.ResponseEnded;
            activity?.SetStatus(ActivityStatusCode.Error, kind.ToString());
            Unreachable(_logger, e, server);
            await GatewayAnswer.RefuseOrAbortAsync(context, StatusCodes.Status502BadGateway, request.Id, $"The server '{server}' cannot be reached ({kind}).");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The worker gave the call up, or is gone.
        }
    }

    /// <summary>The server in <c>/{server}/mcp</c>, read literally: no other spelling of a path is understood.</summary>
    private static string? ServerOf(PathString path)
    {
        var parts = (path.Value ?? "").Split('/');
        return parts is ["", { Length: > 0 } server, "mcp"] ? server : null;
    }

    /// <summary>A name of the worker's choice, as a line of a log can hold it.</summary>
    private static string Shown(string name) =>
        ProtocolText.Clip(new string([.. name.Take(ProtocolText.MaxName + 1).Select(c => char.IsControl(c) ? '\uFFFD' : c)]), ProtocolText.MaxName);

    /// <summary>The worker's place in its run's trace. It cannot name another's.</summary>
    private static string? TraceOf(string? told, string? ofRun) =>
        ActivityContext.TryParse(told, null, out var worker) && ActivityContext.TryParse(ofRun, null, out var run) && worker.TraceId == run.TraceId ? told : ofRun;

    private static void CopyHeaders(IHeaderDictionary from, HttpRequestMessage to)
    {
        foreach (var (name, value) in from)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                to.Content!.Headers.TryAddWithoutValidation(name, value.ToArray());
            }
            else if (name.Equals("Accept", StringComparison.OrdinalIgnoreCase) || name.StartsWith("mcp-", StringComparison.OrdinalIgnoreCase))
            {
                to.Headers.TryAddWithoutValidation(name, value.ToArray());
            }
        }
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            if (body.Length + read > MaxRequestBytes)
            {
                return null;
            }

            body.Write(buffer, 0, read);
        }

        return body.ToArray();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The gateway refused run {Run} of {Company}: {What} of {Server} is not in its procedure.")]
    private static partial void Refused(ILogger logger, Guid run, string company, string server, string what);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Server} did not accept the token of run {Run}. Do Tokens:PublicKeys:scheduler and Servers:{Server} agree on both sides?")]
    private static partial void TokenRefused(ILogger logger, string server, Guid run);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Server} cannot be reached for a run.")]
    private static partial void Unreachable(ILogger logger, Exception exception, string server);
}
