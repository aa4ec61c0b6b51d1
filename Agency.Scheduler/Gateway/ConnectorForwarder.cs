using System.Diagnostics;
using System.Net;
using Agency.ServiceDefaults.Outbound;
using Npgsql;

namespace Agency.Scheduler.Gateway;

/// <summary>Passes a worker's tool call on to a connector of its company, and the answer back without the company's secrets.</summary>
internal sealed partial class ConnectorForwarder(ConnectorDirectory connectors, ConnectorClient client, ILogger<ConnectorForwarder> logger)
{
    /// <summary>A stranger's answer may be as long as a worker reads, and no longer.</summary>
    public const int MaxResponseBytes = 16 * 1024 * 1024;

    private readonly ILogger _logger = logger;

    public async Task ForwardAsync(HttpContext context, RunBinding run, string name, RpcRequest request, byte[] body, Activity? activity)
    {
        var grant = run.Grant;
        try
        {
            var found = await connectors.FindAsync(grant.Company, name, context.RequestAborted);
            if (!found.IsSuccess)
            {
                await GatewayAnswer.RefuseAsync(context, StatusCodes.Status403Forbidden, request.Id, found.Error.Message);
                return;
            }

            // It may have been set after the run began.
            grant.Withhold(found.Value.Secret is { } secret ? [secret] : []);
            using var response = await client.SendAsync(run, name, found.Value, body, context.RequestAborted);
            if (Refusal(name, response) is var (status, why))
            {
                await GatewayAnswer.RefuseAsync(context, status, request.Id, why);
                return;
            }

            await GatewayAnswer.RelayAsync(context, response, grant.Redactor, MaxResponseBytes);
        }
        catch (RunNotHeldException e)
        {
            await GatewayAnswer.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, request.Id, e.Message);
        }
        catch (HttpRequestException e) when (OutboundHttp.Refusal(e) is { } refusal)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "refused");
            Refused(_logger, name, grant.Company.Value, refusal.Message);
            await GatewayAnswer.RefuseAsync(context, StatusCodes.Status403Forbidden, request.Id, refusal.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Not its text: the other side may have put anything into it.
            var kind = e is HttpRequestException http ? http.HttpRequestError : HttpRequestError.ResponseEnded;
            activity?.SetStatus(ActivityStatusCode.Error, kind.ToString());
            Unreachable(_logger, name, grant.Company.Value, kind);
            await GatewayAnswer.RefuseOrAbortAsync(context, StatusCodes.Status502BadGateway, request.Id, $"The connector '{name}' cannot be reached ({kind}).");
        }
        catch (NpgsqlException e)
        {
            NotLookedUp(_logger, e, name);
            await GatewayAnswer.RefuseOrAbortAsync(context, StatusCodes.Status503ServiceUnavailable, request.Id, $"The connector '{name}' could not be looked up.");
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The worker gave the call up, or is gone.
        }
        catch (OperationCanceledException)
        {
            await GatewayAnswer.RefuseOrAbortAsync(context, StatusCodes.Status504GatewayTimeout, request.Id, $"The connector '{name}' could not be connected to in time.");
        }
    }

    /// <summary>What is not passed on of an answer; null when it is.</summary>
    private static (int Status, string Why)? Refusal(string name, HttpResponseMessage response) => response switch
    {
        { StatusCode: HttpStatusCode.Unauthorized } => (
            StatusCodes.Status403Forbidden, $"The connector '{name}' did not accept the credential. Set its secret again with set_secret, or name one with set_connector."),
        { StatusCode: >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest } => (
            StatusCodes.Status403Forbidden, $"The connector '{name}' answered with a redirect, which is not followed. Set its url to where it is now with set_connector."),
        { Content.Headers.ContentEncoding: { Count: > 0 } encoding } when encoding.Any(e => e != "identity") => (
            StatusCodes.Status502BadGateway, $"The connector '{name}' answered compressed, which it was not asked for."),
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connector {Connector} of {Company} was not called. {Why}")]
    private static partial void Refused(ILogger logger, string connector, string company, string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The connector {Connector} of {Company} cannot be reached: {Error}.")]
    private static partial void Unreachable(ILogger logger, string connector, string company, HttpRequestError error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The connector {Connector} could not be looked up.")]
    private static partial void NotLookedUp(ILogger logger, Exception exception, string connector);
}
