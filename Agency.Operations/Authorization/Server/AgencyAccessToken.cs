using Agency.Operations.Tokens;
using Agency.ServiceDefaults.Identity;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Agency.Operations.Authorization.Server;

/// <summary>
/// Makes access tokens as every other token of the agency is made: signed by Operations, recorded, listed, revocable. The library would make its own kind.
/// </summary>
internal sealed class AgencyAccessToken(TokenOffice office) : IOpenIddictServerHandler<GenerateTokenContext>
{
    public async ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType is not TokenTypeIdentifiers.AccessToken)
        {
            return;
        }

        var grant = Grant.Read(context.Principal);
        var lifetime = context.Principal.GetExpirationDate() - context.Principal.GetCreationDate();
        var request = grant.ToRequest(
            canWrite: context.Principal.HasScope(AgencyScopes.Write), lifetime ?? context.Options.AccessTokenLifetime!.Value, context.Principal.GetAudiences(), context.ClientId!);
        var token = await office.IssueForAuthorizationAsync(
            context.Principal.GetAuthorizationId()!, grant.Subject, request, context.CancellationToken);
        if (token is null)
        {
            context.Reject(Errors.InvalidGrant, "The authorization was revoked.");
            return;
        }

        context.CreateTokenEntry = false;
        context.Token = token.Token;
    }
}
