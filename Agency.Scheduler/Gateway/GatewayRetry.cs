using System.Net;
using Agency.Sops;
using Polly;

namespace Agency.Scheduler.Gateway;

/// <summary>When the gateway sends a request again by itself.</summary>
internal static class GatewayRetry
{
    /// <summary>On a request: repeating it changes nothing more than sending it once.</summary>
    public static readonly HttpRequestOptionsKey<bool> Repeatable = new("agency.repeatable");

    /// <summary>The tools that every run calls and that only read. What other tools do when called twice is not known here.</summary>
    public static bool IsRepeatable(string server, RpcRequest request) =>
        request.Method != RpcRequest.CallTool || new SopTool(server, request.Tool!) is var tool && (tool == SopTool.GetProfile || tool == SopTool.QueryContext);

    public static bool ShouldRetry(Outcome<HttpResponseMessage> outcome, HttpRequestMessage? request)
    {
        // The connection was never made, so nothing was sent.
        if (outcome.Exception is HttpRequestException
            { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError })
        {
            return true;
        }

        return request is not null && request.Options.TryGetValue(Repeatable, out var repeatable) && repeatable
            && (outcome.Exception is HttpRequestException
                || outcome.Result?.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout);
    }
}
