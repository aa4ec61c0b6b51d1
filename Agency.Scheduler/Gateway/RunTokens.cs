using System.Collections.Concurrent;
using Agency.ServiceDefaults.Identity;

namespace Agency.Scheduler.Gateway;

/// <summary>The tokens of one run, one a server, renewed before they end.</summary>
internal sealed class RunTokens(TokenIssuer issuer, ServerAddresses addresses, TimeProvider time, RunGrant grant)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RenewBefore = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, IssuedToken> _tokens = new(StringComparer.Ordinal);

    /// <summary>A token that is good for another minute at least.</summary>
    public string For(string server)
    {
        if (_tokens.TryGetValue(server, out var token) && token.ExpiresAt - time.GetUtcNow() > RenewBefore)
        {
            return token.Token;
        }

        var tools = grant.Tools(server) ?? throw new InvalidOperationException($"The run may not use the server '{server}'.");
        return (_tokens[server] = issuer.Issue(
            TokenRequest.ForRun(grant.Company, grant.Run, [.. tools], Lifetime, addresses.Audience(server)))).Token;
    }
}
