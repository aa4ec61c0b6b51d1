using System.Collections.Frozen;
using System.Text.Json;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>
/// Tells an OAuth client that it may ask for more: 403 with the scope that the call needs, as the MCP authorization specification has it. It looks at the call
/// before the MCP server does, which begins its answer at once. Callers with a token that was given to them by hand could do nothing with a 403, and
/// get the tool's own refusal.
/// </summary>
internal sealed class InsufficientScope(string serverName, ServerAddresses servers, IEnumerable<McpServerTool> tools)
{
    public const string Path = "/mcp";

    private readonly FrozenDictionary<string, AgencyTool> _writing = tools.OfType<AgencyTool>().Where(tool => !tool.ReadOnly).ToFrozenDictionary(tool => tool.ProtocolTool.Name);

    public async Task InvokeAsync(HttpContext http, RequestDelegate next)
    {
        if (HttpMethods.IsPost(http.Request.Method) && http.Request.Path == Path
            && CallerClaims.TryRead(http.User, out var caller) && caller is { CanStepUp: true, CanWrite: false }
            && await CalledToolAsync(http.Request) is { } name && _writing.TryGetValue(name, out var tool) && (caller.IsAgency || !tool.OperatorOnly))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            http.Response.Headers.WWWAuthenticate =
                $"Bearer error=\"insufficient_scope\", scope=\"{AgencyScopes.Of(canWrite: true)}\", "
                + $"resource_metadata=\"{servers.Base(serverName)}{ConfigureResourceMetadata.Path}\", error_description=\"{name} changes things and the token may only read.\"";
            return;
        }

        await next(http);
    }

    /// <summary>The tool that a request calls; null for every other request, and for one that is malformed, which the MCP server refuses in its own words.</summary>
    private static async Task<string?> CalledToolAsync(HttpRequest request)
    {
        request.EnableBuffering();
        try
        {
            using var message = await JsonDocument.ParseAsync(request.Body, cancellationToken: request.HttpContext.RequestAborted);
            return message.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("method", out var method) && method.ValueKind is JsonValueKind.String && method.ValueEquals("tools/call")
                && root.TryGetProperty("params", out var parameters) && parameters.ValueKind is JsonValueKind.Object
                && parameters.TryGetProperty("name", out var name) && name.ValueKind is JsonValueKind.String ? name.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter for half of a surrogate pair.
            return null;
        }
        finally
        {
            request.Body.Position = 0;
        }
    }
}
