using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// Signs tokens with this server's own key. Operations signs for people and clients, the scheduler for runs: the issuer follows from the
/// key, and asking for a role that it may not sign for is a bug.
/// </summary>
public sealed class TokenIssuer
{
    private readonly TimeProvider _time;
    private readonly SigningCredentials _credentials;
    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    public TokenIssuer(IOptions<TokenOptions> options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _time = time;
        var key = TokenKeys.ReadPrivate(options.Value.SigningKey);
        _credentials = new SigningCredentials(key, SecurityAlgorithms.EcdsaSha256);
        Issuer = TokenKeys.ReadPublic(options.Value.PublicKeys["scheduler"]).Any(known => known.KeyId == key.KeyId)
            ? AgencyClaims.SchedulerIssuer
            : AgencyClaims.OperationsIssuer;
    }

    /// <summary><see cref="AgencyClaims.OperationsIssuer"/> or <see cref="AgencyClaims.SchedulerIssuer"/>.</summary>
    public string Issuer { get; }

    public IssuedToken Issue(TokenRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentException.ThrowIfNullOrWhiteSpace(request.Subject);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(request.Lifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfZero(request.Audiences.Count);
        if ((request.Role is CallerRole.Run) != (Issuer == AgencyClaims.SchedulerIssuer))
        {
            throw new InvalidOperationException($"{Issuer} may not sign a token for the role {request.Role}.");
        }

        // Whole seconds, as the token carries them: what is returned is what is signed.
        var now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        var expires = now + request.Lifetime;
        var id = Guid.CreateVersion7(now).ToString("D");
        var claims = new Dictionary<string, object>
        {
            [AgencyClaims.Subject] = request.Subject,
            [AgencyClaims.TokenId] = id,
            [AgencyClaims.Role] = RoleName(request.Role),
            ["aud"] = request.Audiences.ToArray(),
        };
        if (request.Company is { } company)
        {
            claims[AgencyClaims.Company] = company.Value;
        }

        if (request.Role is CallerRole.Company)
        {
            claims[AgencyClaims.Access] = request.CanWrite ? AgencyClaims.WriteAccess : AgencyClaims.ReadAccess;
        }

        if (request.Run is { } run)
        {
            claims[AgencyClaims.Run] = run.ToString();
            claims[AgencyClaims.Tools] = request.Tools.ToArray();
        }

        if (request.ClientId is { } client)
        {
            claims[AgencyClaims.ClientId] = client;
            claims[AgencyClaims.Scope] = AgencyScopes.Of(request.Role is CallerRole.Operator || request.CanWrite);
        }

        var token = _handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            TokenType = AgencyClaims.TokenType,
            IssuedAt = now.UtcDateTime,
            Expires = expires.UtcDateTime,
            Claims = claims,
            SigningCredentials = _credentials,
        });
        return new IssuedToken(token, id, expires);
    }

    /// <summary>The role as it stands in a token.</summary>
    public static string RoleName(CallerRole role) => role switch
    {
        CallerRole.Operator => "operator",
        CallerRole.Viewer => "viewer",
        CallerRole.Company => "company",
        CallerRole.Run => "run",
        _ => throw new ArgumentOutOfRangeException(nameof(role)),
    };
}
