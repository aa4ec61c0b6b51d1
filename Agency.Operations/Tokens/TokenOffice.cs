using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Tokens;

/// <summary>
/// Gives tokens out, lists them and takes them back. Its callers are the operator's tools and the command line; the tables are closed to
/// companies by the database as well.
/// </summary>
internal sealed class TokenOffice(AgencyDatabase database, TokenIssuer issuer, ServerAddresses servers, TimeProvider time)
{
    public const int DefaultLifetimeHours = 30 * 24;
    public const int MaxLifetimeHours = 366 * 24;
    public const int MaxNameLength = 200;

    public async Task<Result<NewToken>> IssueAsync(
        TokenRole role, string? client, TokenAccess access, string? name, int lifetimeHours, CancellationToken cancellationToken)
    {
        if (lifetimeHours is < 1 or > MaxLifetimeHours)
        {
            return Error.Invalid($"The lifetime must be from 1 to {MaxLifetimeHours} hours, but is {lifetimeHours}.");
        }

        if (name?.Length > MaxNameLength)
        {
            return Error.Invalid($"The name may have at most {MaxNameLength} characters.");
        }

        await using var context = database.OpenAgency();
        var company = await CompanyAsync(context, role, client, cancellationToken);
        if (!company.IsSuccess)
        {
            return company.Error;
        }

        name = string.IsNullOrWhiteSpace(name) ? company.Value?.Value ?? SnakeCase.Of(role) : name.Trim();
        var lifetime = TimeSpan.FromHours(lifetimeHours);
        var audiences = servers.AllAudiences();
        var token = await IssueAsync(context, role switch
        {
            TokenRole.Operator => TokenRequest.ForOperator(name, lifetime, audiences),
            TokenRole.Viewer => TokenRequest.ForViewer(name, lifetime, audiences),
            _ => TokenRequest.ForCompany(company.Value!.Value, access is TokenAccess.Write, name, lifetime, audiences),
        }, name, grantId: null, cancellationToken);
        return new NewToken(token.Token, token.Id, role, company.Value, token.ExpiresAt);
    }

    /// <summary>A token that ends with <paramref name="grantId"/>, the token or code that someone signed in with; null when that was revoked.</summary>
    public async Task<IssuedToken?> IssueFromAsync(string grantId, string name, TokenRequest request, CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await LockAsync(context, grantId, cancellationToken);

        // What every server knows of revocations is seconds old.
        if (await context.RevokedTokens.AnyAsync(t => t.TokenId == grantId, cancellationToken))
        {
            return null;
        }

        var token = await IssueAsync(context, request, name, grantId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return token;
    }

    /// <summary>
    /// A token of an OAuth authorization; null when that is no longer in force. It was given for the client that was there then: one that was made under the
    /// same id after that one was erased is another.
    /// </summary>
    public async Task<IssuedToken?> IssueForAuthorizationAsync(string authorizationId, string name, TokenRequest request, CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // Locked until the token is recorded: whoever revokes the authorization meanwhile finds the token and ends it too.
        var company = request.Company?.Value;
        var valid = await context.Database.SqlQuery<string>(
            $"""
            select a.id as value from oauth_authorization a
            where a.id = {authorizationId} and a.status = 'valid'
              and ({company}::text is null or exists (select from company c where c.company_id = {company}::text and c.created_at <= a.creation_date))
            for share of a
            """).ToListAsync(cancellationToken);
        if (valid.Count == 0)
        {
            return null;
        }

        var token = await IssueAsync(context, request, name, authorizationId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return token;
    }

    public async Task<Result<Page<TokenView>>> ListAsync(string? cursor, int limit, CancellationToken cancellationToken)
    {
        var from = Cursor.Decode<Position>(cursor);
        if ((from.Error ?? Paging.Check(limit).Error) is { } error)
        {
            return error;
        }

        await using var context = database.OpenAgency();
        var issued = from.Value is { } position
            ? context.IssuedTokens.FromSql($"select * from issued_token where (created_at, token_id) < ({position.CreatedAt}, {position.TokenId})")
            : context.IssuedTokens;
        var rows = await issued
            .OrderByDescending(t => t.CreatedAt).ThenByDescending(t => t.TokenId).Take(limit + 1)
            .Select(t => new TokenView(
                t.TokenId,
                t.Name,
                t.Role,
                t.CompanyId,
                t.CreatedAt,
                t.ExpiresAt,
                context.RevokedTokens.Where(r => r.TokenId == t.TokenId).Select(r => (DateTimeOffset?)r.RevokedAt).SingleOrDefault()))
            .ToListAsync(cancellationToken);
        return Page.From(rows, limit, row => new Position(row.CreatedAt, row.TokenId));
    }

    /// <summary>
    /// Ends a token and what was issued from it. A client's access token ends with its whole authorization: else the client would fetch the next one.
    /// </summary>
    public async Task<Result<RevokedTokenView>> RevokeAsync(string tokenId, CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        if (await context.IssuedTokens.AsNoTracking().SingleOrDefaultAsync(t => t.TokenId == tokenId, cancellationToken) is not { } issued)
        {
            return Error.NotFound("No token with this id was issued. Call list_tokens to see the ids; the token itself is not its id.");
        }

        AuditCall.Current?.About(issued.CompanyId);
        var now = time.Now();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (issued.GrantId is { } from)
        {
            await LockAsync(context, from, cancellationToken);
        }

        await LockAsync(context, tokenId, cancellationToken);
        var added = await context.Database.ExecuteSqlAsync(
            $"insert into revoked_token (token_id, revoked_at, expires_at) values ({tokenId}, {now}, {issued.ExpiresAt}) on conflict do nothing", cancellationToken);
        await EndIssuedFromAsync(context, tokenId, now, cancellationToken);
        if (issued.GrantId is { } grant)
        {
            await EndAuthorizationAsync(context, grant, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        var revokedAt = await context.RevokedTokens.Where(t => t.TokenId == tokenId).Select(t => t.RevokedAt).SingleAsync(cancellationToken);
        return new RevokedTokenView(tokenId, revokedAt, AlreadyRevoked: added == 0);
    }

    /// <summary>Ends an OAuth authorization with every token that came from it.</summary>
    public async Task EndAuthorizationAsync(string authorizationId, CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await LockAsync(context, authorizationId, cancellationToken);
        await EndAuthorizationAsync(context, authorizationId, time.Now(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>
    /// Until the transaction ends nobody else issues from <paramref name="grantId"/> or revokes what came from it. Whoever locks several begins with the one
    /// that the others came from.
    /// </summary>
    private static Task<int> LockAsync(AgencyDbContext context, string grantId, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('agency token'), hashtext({grantId}))", cancellationToken);

    private static async Task EndAuthorizationAsync(AgencyDbContext context, string authorizationId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What a token was issued from may also be another token, which lives on when this one ends.
        if (await context.Database.ExecuteSqlAsync($"update oauth_authorization set status = 'revoked' where id = {authorizationId}", cancellationToken) > 0)
        {
            await context.Database.ExecuteSqlAsync($"update oauth_token set status = 'revoked' where authorization_id = {authorizationId}", cancellationToken);
            await EndIssuedFromAsync(context, authorizationId, now, cancellationToken);
        }
    }

    private static Task<int> EndIssuedFromAsync(AgencyDbContext context, string grantId, DateTimeOffset now, CancellationToken cancellationToken) =>
        context.Database.ExecuteSqlAsync(
            $"""
            insert into revoked_token (token_id, revoked_at, expires_at)
            select token_id, {now}, expires_at from issued_token where grant_id = {grantId} and expires_at > {now} on conflict do nothing
            """,
            cancellationToken);

    /// <summary>A token that is recorded with what <paramref name="context"/> saves, or in its transaction.</summary>
    public async Task<IssuedToken> IssueAsync(AgencyDbContext context, TokenRequest request, string name, string? grantId, CancellationToken cancellationToken)
    {
        var token = issuer.Issue(request);
        context.IssuedTokens.Add(new Agency.Data.Tokens.IssuedToken
        {
            TokenId = token.Id,
            Name = name,
            Role = TokenIssuer.RoleName(request.Role),
            GrantId = grantId,
            CompanyId = request.Company,
            CreatedAt = time.Now(),
            ExpiresAt = token.ExpiresAt,
        });
        await context.SaveChangesAsync(cancellationToken);
        return token;
    }

    private static async Task<Result<CompanyId?>> CompanyAsync(AgencyDbContext context, TokenRole role, string? client, CancellationToken cancellationToken)
    {
        if (role is not TokenRole.Company)
        {
            return string.IsNullOrEmpty(client)
                ? (CompanyId?)null
                : Error.Invalid($"A token of role {SnakeCase.Of(role)} belongs to no client: leave the client out, or choose the role company.");
        }

        if (!CompanyId.TryParse(client, out var company))
        {
            return string.IsNullOrEmpty(client)
                ? Error.Invalid("A company's token needs the client company it is for.")
                : CompanyResolution.UnknownCompany(client);
        }

        return (await context.FindCompanyAsync(company, cancellationToken)).Map(found => (CompanyId?)found.CompanyId);
    }

    private sealed record Position(DateTimeOffset CreatedAt, string TokenId);
}
