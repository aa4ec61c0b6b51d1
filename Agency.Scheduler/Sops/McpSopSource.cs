using System.Text.Json;
using System.Text.Json.Nodes;
using Agency.Data.Runs;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Settling;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace Agency.Scheduler.Sops;

/// <summary>
/// Asks CompanyContext's <c>get_sop</c>, with a run's token: the agency role may not read a company's own procedures.
/// </summary>
internal sealed class McpSopSource(IHttpClientFactory clients, TokenIssuer issuer, ServerAddresses addresses) : ISopSource
{
    public const string ClientName = "sops";

    /// <summary>Several times the longest procedure: an answer holds it twice, and escaped.</summary>
    public const int MaxAnswerBytes = 8 * 1024 * 1024;

    private const string Tool = "get_sop";
    private const string Server = "context";

    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(2);

    public async Task<SopText> GetAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        try
        {
            var token = issuer.Issue(TokenRequest.ForRun(run.Key.CompanyId, run.Key.RunId, [Tool], TokenLifetime, addresses.Audience(Server))).Token;
            var result = await ToolCall.SendAsync(
                clients.CreateClient(ClientName), Server, token, Tool, new Dictionary<string, JsonElement> { ["name"] = JsonSerializer.SerializeToElement(run.Type) }, cancellationToken);
            return Read(result, run.Type);
        }
        catch (Exception e) when (e is HttpRequestException or McpException or IOException or JsonException or TimeoutException or Polly.ExecutionRejectedException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return Failed(RunErrorKind.Transient, $"The procedure '{run.Type}' could not be fetched: {e.Message}");
        }
    }

    private static SopText Read(CallToolResult result, string name)
    {
        if (result.IsError is true)
        {
            var text = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(b => b.Text));
            var kind = result.Meta?[ToolResults.ErrorMetaKey]?["kind"] is JsonValue value && value.TryGetValue<string>(out var given) ? given : null;

            // Only what the tool itself calls our mistake cannot pass by itself.
            return Failed(
                kind is "invalid" or "not_found" or "forbidden" or "conflict" ? RunErrorKind.Permanent : RunErrorKind.Transient,
                $"The procedure '{name}' could not be fetched: {text}");
        }

        return result.StructuredContent is { ValueKind: JsonValueKind.Object } structured
            && structured.TryGetProperty("markdown", out var markdown) && markdown.ValueKind is JsonValueKind.String
            ? new SopText(markdown.GetString(), null)
            : Failed(RunErrorKind.Permanent, $"{Tool} answered without the 'markdown' of '{name}'. Deploy the scheduler and CompanyContext together.");
    }

    private static SopText Failed(RunErrorKind kind, string message) => new(null, new AttemptResult.Failed(kind, message));
}
