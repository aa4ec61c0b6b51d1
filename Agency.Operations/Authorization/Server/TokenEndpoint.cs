using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Agency.Operations.Authorization.Server;

/// <summary>Exchanges a code or a refresh token, which the library has validated, for tokens of the same grant.</summary>
internal static class TokenEndpoint
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static async Task<IResult> PostAsync(HttpContext http)
    {
        var request = http.GetOpenIddictServerRequest() ?? throw new InvalidOperationException("This is no token request.");
        var principal = (await http.AuthenticateAsync(Scheme)).Principal ?? throw new InvalidOperationException("The token request was not validated.");
        return request.GetResources().All(principal.GetResources().Contains)
            ? Results.SignIn(principal, authenticationScheme: Scheme)
            : Results.Forbid(Failure(Errors.InvalidTarget, "The token was authorized for another resource. Authorize again for this one."), [Scheme]);
    }

    /// <summary>An error that the library words as OAuth has it.</summary>
    public static AuthenticationProperties Failure(string error, string description) => new(new Dictionary<string, string?>
    {
        [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
        [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
    });
}
