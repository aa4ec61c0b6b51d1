using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Tokens;

[McpServerToolType]
[OperatorOnly]
internal sealed class TokenTools(TokenOffice office, Caller caller)
{
    private static readonly Error NotForPrograms = Error.Forbidden(
        "A program that was given access by consent can issue no tokens: they would outlive the consent. Use a token that was issued by hand, or Agency.Operations --issue-token.");

    [OwnWords]
    [McpServerTool(Name = "issue_token", Title = "Issue a token", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Issues a bearer token for the agency's MCP servers. The answer holds the secret: it is shown this once and not kept. operator may do everything, viewer sees everything, company reaches one client only.")]
    public async Task<NewToken> IssueToken(
        [Description("For whom.")] TokenRole role,
        [Description("The client company's id, for the role company only.")] string? client = null,
        [Description("What a company's token may do.")] TokenAccess access = TokenAccess.Write,
        [Description("Who will use it; shown in lists and wherever it acted.")][StringLength(TokenOffice.MaxNameLength)] string? name = null,
        [Description("Hours until it ends.")][Range(1, TokenOffice.MaxLifetimeHours)] int lifetimeHours = TokenOffice.DefaultLifetimeHours,
        CancellationToken cancellationToken = default) =>
        (caller.CanStepUp ? NotForPrograms : await office.IssueAsync(role, client, access, name, lifetimeHours, cancellationToken)).OrThrow();

    [McpServerTool(Name = "list_tokens", Title = "List tokens", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the tokens that were issued, newest first, without their secrets.")]
    public Task<Page<TokenView>> ListTokens(
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        office.ListAsync(cursor, limit, cancellationToken).OrThrow();

    [OwnWords]
    [McpServerTool(Name = "revoke_token", Title = "Revoke a token", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Ends a token before its time. Every server refuses it within ten seconds. It cannot be undone; issue another one instead.")]
    public Task<RevokedTokenView> RevokeToken(
        [Description("The token's id from list_tokens, not the token itself.")][StringLength(64, MinimumLength = 1)] string tokenId,
        CancellationToken cancellationToken = default) =>
        office.RevokeAsync(tokenId, cancellationToken).OrThrow();
}
