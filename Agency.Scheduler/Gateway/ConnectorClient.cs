using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Agency.ServiceDefaults.Outbound;

namespace Agency.Scheduler.Gateway;

/// <summary>
/// Posts to companies' connectors, through the guard. It sends the message and the company's secret: neither the run's token, nor anything of our traces,
/// nor any header of the worker's.
/// </summary>
internal sealed class ConnectorClient(OutboundGuard guard) : IDisposable
{
    private const string SessionHeader = "Mcp-Session-Id";
    private const string VersionHeader = "MCP-Protocol-Version";

    /// <summary>The last revision with sessions: what servers that want one speak.</summary>
    private const string SessionVersion = "2025-06-18";

    private const int MaxSessionLength = 512;

    private static readonly byte[] Initialize = Encoding.UTF8.GetBytes(
        $$$$"""{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"{{{{SessionVersion}}}}","capabilities":{},"clientInfo":{"name":"agency","version":"1"}}}""");

    private static readonly byte[] Initialized = Encoding.UTF8.GetBytes("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");

    // Not the factory's: that one would repeat calls, trace them and write their addresses into the log.
    private readonly HttpClient _http = new(new HeldRunHandler { InnerHandler = OutboundHttp.CreateHandler(guard) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>
    /// The answer to one message. A server that wants a session says so by refusing the message unread; it gets one then, for the rest of the run.
    /// </summary>
    public async Task<HttpResponseMessage> SendAsync(RunBinding run, string name, ConnectorAccess to, byte[] body, CancellationToken cancellationToken)
    {
        var session = run.Sessions.GetValueOrDefault(name);
        var response = await PostAsync(run, to, body, session, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.BadRequest or HttpStatusCode.NotFound))
        {
            return response;
        }

        try
        {
            if (await BeginAsync(run, to, cancellationToken) is not { } begun)
            {
                return response;
            }

            run.Sessions[name] = begun;
            response.Dispose();
            return await PostAsync(run, to, body, begun, cancellationToken);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string?> BeginAsync(RunBinding run, ConnectorAccess to, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync(run, to, Initialize, null, cancellationToken);
        if (!answer.IsSuccessStatusCode || !answer.Headers.TryGetValues(SessionHeader, out var values)
            || values.FirstOrDefault() is not { Length: > 0 and <= MaxSessionLength } session || session.Any(c => c is < '!' or > '~'))
        {
            return null;
        }

        using var noted = await PostAsync(run, to, Initialized, session, cancellationToken);
        return session;
    }

    private async Task<HttpResponseMessage> PostAsync(RunBinding run, ConnectorAccess to, byte[] body, string? session, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, to.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        message.Options.Set(HeldRunHandler.IsHeld, run.IsHeld);
        message.Headers.Accept.ParseAdd("application/json");
        message.Headers.Accept.ParseAdd("text/event-stream");
        if (session is not null)
        {
            message.Headers.TryAddWithoutValidation(SessionHeader, session);
            message.Headers.TryAddWithoutValidation(VersionHeader, SessionVersion);
        }

        if (to.Secret is { Value: { } value })
        {
            message.Headers.TryAddWithoutValidation(
                to.Header, to.Header.Equals("Authorization", StringComparison.OrdinalIgnoreCase) ? $"Bearer {value}" : value);
        }

        return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }
}
