using Agency.Data;

namespace Agency.Operations.Tokens;

/// <summary>For whom a token may be issued; runs get theirs from the scheduler.</summary>
internal enum TokenRole
{
    /// <summary>Every client, every tool.</summary>
    Operator,

    /// <summary>Sees the whole agency, changes nothing.</summary>
    Viewer,

    /// <summary>One client company.</summary>
    Company,
}

internal enum TokenAccess
{
    Read,
    Write,
}

/// <summary>A token that was just issued.</summary>
/// <param name="Token">The secret: shown this once and not kept.</param>
/// <param name="TokenId">Names it in list_tokens and revoke_token.</param>
/// <param name="Role">For whom.</param>
/// <param name="Client">The client of a company's token.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record NewToken(string Token, string TokenId, TokenRole Role, CompanyId? Client, DateTimeOffset ExpiresAt)
{
    /// <summary>Leaves the secret out, so that logging the record by accident gives nothing away.</summary>
    public override string ToString() => $"NewToken {{ TokenId = {TokenId}, Role = {Role} }}";
}

/// <summary>A token that was given out, without the secret.</summary>
internal sealed record TokenView(
    string TokenId, string Name, string Role, CompanyId? Client, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt);

/// <summary>A token that is accepted no more.</summary>
internal sealed record RevokedTokenView(string TokenId, DateTimeOffset RevokedAt, bool AlreadyRevoked);
