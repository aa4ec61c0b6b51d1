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
        var token = issuer.Issue(role switch
        {
            TokenRole.Operator => TokenRequest.ForOperator(name, lifetime, audiences),
            TokenRole.Viewer => TokenRequest.ForViewer(name, lifetime, audiences),
            _ => TokenRequest.ForCompany(company.Value!.Value, access is TokenAccess.Write, name, lifetime, audiences),
        });
        context.IssuedTokens.Add(new Agency.Data.Tokens.IssuedToken
        {
            TokenId = token.Id,
            Name = name,
            Role = SnakeCase.Of(role),
            CompanyId = company.Value,
            CreatedAt = time.Now(),
            ExpiresAt = token.ExpiresAt,
        });
        await context.SaveChangesAsync(cancellationToken);
        return new NewToken(token.Token, token.Id, role, company.Value, token.ExpiresAt);
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

    public async Task<Result<RevokedTokenView>> RevokeAsync(string tokenId, CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        if (await context.IssuedTokens.AsNoTracking().SingleOrDefaultAsync(t => t.TokenId == tokenId, cancellationToken) is not { } issued)
        {
            return Error.NotFound("No token with this id was issued. Call list_tokens to see the ids; the token itself is not its id.");
        }

        AuditCall.Current?.About(issued.CompanyId);
        var now = time.Now();
        var added = await context.Database.ExecuteSqlAsync(
            $"insert into revoked_token (token_id, revoked_at, expires_at) values ({tokenId}, {now}, {issued.ExpiresAt}) on conflict do nothing", cancellationToken);
        var revokedAt = await context.RevokedTokens.Where(t => t.TokenId == tokenId).Select(t => t.RevokedAt).SingleAsync(cancellationToken);
        return new RevokedTokenView(tokenId, revokedAt, AlreadyRevoked: added == 0);
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
