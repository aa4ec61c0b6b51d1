using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Agency.Operations.Tests.Authorization;

/// <summary>An authorization request as a client makes it.</summary>
internal sealed class Pkce(string clientId, string resource)
{
    public string Verifier { get; } = WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(32));

    public string Challenge => WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <param name="changes">Parameters in place of the usual ones; null leaves one out.</param>
    public string Url(params (string Name, string? Value)[] changes)
    {
        var parameters = new Dictionary<string, string?>
        {
            ["client_id"] = clientId,
            ["redirect_uri"] = AuthorizationFixture.Callback,
            ["response_type"] = "code",
            ["state"] = "s1",
            ["code_challenge"] = Challenge,
            ["code_challenge_method"] = "S256",
            ["resource"] = resource,
            ["scope"] = "agency:read agency:write",
        };
        foreach (var (name, value) in changes)
        {
            parameters[name] = value;
        }

        return QueryHelpers.AddQueryString("/oauth/authorize", parameters.Where(pair => pair.Value is not null));
    }

    /// <summary>The parameters of the address that the browser is sent back to.</summary>
    public static Dictionary<string, string> Answer(HttpResponseMessage answer)
    {
        var location = answer.Headers.Location ?? throw new InvalidOperationException($"No redirect but {answer.StatusCode}: {answer.Content.ReadAsStringAsync().GetAwaiter().GetResult()}");
        Assert.Equal(AuthorizationFixture.Callback, location.GetLeftPart(UriPartial.Path));
        return QueryHelpers.ParseQuery(location.Query).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());
    }
}
