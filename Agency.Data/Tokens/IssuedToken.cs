namespace Agency.Data.Tokens;

/// <summary>A token that Operations gave out. The token itself is not kept.</summary>
public sealed class IssuedToken
{
    /// <summary>The token's <c>jti</c>.</summary>
    public required string TokenId { get; init; }

    public required string Name { get; init; }

    /// <summary>operator, viewer or company.</summary>
    public required string Role { get; init; }

    /// <summary>
    /// What it was issued from, which ends it along with itself: the OAuth authorization of a client's access token, the token or code that a console
    /// session was opened with. Null for a token that stands alone.
    /// </summary>
    public string? GrantId { get; init; }

    /// <summary>The company of a company's token, else null.</summary>
    public CompanyId? CompanyId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A token that must not be accepted any more. Every role may read the list; it names no company.</summary>
public sealed class RevokedToken
{
    /// <summary>The token's <c>jti</c>.</summary>
    public required string TokenId { get; init; }

    public required DateTimeOffset RevokedAt { get; init; }

    /// <summary>After this instant the token is refused anyhow and the row may go.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}
