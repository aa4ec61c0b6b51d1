using System.Text.RegularExpressions;
using Agency.Data;
using Agency.Operations.Secrets;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Outbound;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Operations.Connectors;

/// <summary>Where a connector leads, and with what.</summary>
internal sealed record ConnectorTarget(string Url, string? Secret, string Header);

/// <summary>Sets and deletes clients' connectors.</summary>
internal sealed class ConnectorDesk(CompanyScope companies, CallerDatabase database, OutboundGuard guard, Caller caller, TimeProvider time)
{
    public const string NamePattern = "^[a-z][a-z0-9_-]{0,63}$";
    public const string HeaderPattern = "^[A-Za-z][A-Za-z0-9-]{0,63}$";
    public const string Authorization = "Authorization";

    private const int MaxOfClient = 20;

    /// <summary>Ours, and what a reader would take for ours.</summary>
    private static readonly string[] Reserved = [.. ServerAddresses.McpServers, "scheduler", "gateway", "agency", "worker"];

    /// <summary>Those that carry the message itself.</summary>
    private static readonly string[] TakenHeaders =
        ["accept", "connection", "cookie", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "via", "traceparent", "tracestate", "baggage"];

    private static readonly string[] TakenPrefixes = ["accept-", "content-", "mcp-", "proxy-"];

    public async Task<Result<SetConnector>> SetAsync(string? client, string name, ConnectorTarget target, CancellationToken cancellationToken)
    {
        var scope = companies.Resolve(client);
        if ((scope.Error ?? Check(name, target) ?? await guard.CheckAsync("url", target.Url, cancellationToken)) is { } error)
        {
            return error;
        }

        var company = scope.Value;
        await using var context = database.Open(company);
        if (await context.FindActiveCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        if (await context.Connectors.CountAsync(c => c.CompanyId == company && c.Name != name, cancellationToken) >= MaxOfClient)
        {
            return Error.Conflict($"'{company}' has {MaxOfClient} connectors, which is all it can have. Delete one; list_connectors shows them.");
        }

        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        if (target.Secret is { } secret && await BindAsync(context, company, secret, new Uri(target.Url), cancellationToken) is { } refusal)
        {
            return refusal;
        }

        var replaced = await context.Connectors.AnyAsync(c => c.CompanyId == company && c.Name == name, cancellationToken);
        var now = time.Now();
        try
        {
            await context.Database.ExecuteSqlAsync(
                $"""
                insert into agency.connector (company_id, name, url, secret_name, header, set_by, set_at)
                values ({company.Value}, {name}, {target.Url}, {target.Secret}, {target.Header}, {caller.Subject}, {now})
                on conflict (company_id, name) do update set
                    url = excluded.url, secret_name = excluded.secret_name, header = excluded.header, set_by = excluded.set_by, set_at = excluded.set_at
                """,
                cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            return NoSecret(company, target.Secret!);
        }

        await transaction.CommitAsync(cancellationToken);
        return new SetConnector(new ConnectorView(company, name, target.Url, target.Secret, target.Header, now, caller.Subject), replaced);
    }

    public async Task<Result<DeletedConnector>> DeleteAsync(string? client, string name, CancellationToken cancellationToken)
    {
        var scope = companies.Resolve(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        var company = scope.Value;
        await using var context = database.Open(company);
        if (await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        return await context.Connectors.Where(c => c.CompanyId == company && c.Name == name).ExecuteDeleteAsync(cancellationToken) > 0
            ? new DeletedConnector(company, name)
            : Error.NotFound($"'{company}' has no connector '{name}'. Call list_connectors to see the names.");
    }

    private static Error? Check(string name, ConnectorTarget target)
    {
        if (Reserved.Contains(name))
        {
            return Error.Invalid($"A connector cannot be called '{name}': that name is ours. Choose another one, such as crm or tickets.");
        }

        // Not by the schema, whose error would quote what may be a credential.
        if (target.Secret is { } secret && !Regex.IsMatch(secret, SecretDesk.NamePattern))
        {
            return Error.Invalid("secret is the name of a secret that was set with set_secret, such as crm_key, and not its value. Call list_secrets to see the names.");
        }

        if (target.Secret == SecretDesk.SlackWebhook)
        {
            return Error.Invalid($"The secret {SecretDesk.SlackWebhook} is for notifications. Set the connector's credential under another name.");
        }

        var header = target.Header.ToLowerInvariant();
        return TakenHeaders.Contains(header) || TakenPrefixes.Any(prefix => header.StartsWith(prefix, StringComparison.Ordinal))
            ? Error.Invalid($"A secret cannot be sent in the header {target.Header}, which is part of the call itself. Use Authorization, or one such as X-Api-Key.")
            : null;
    }

    /// <summary>From now on the secret goes to that host alone.</summary>
    private static async Task<Error?> BindAsync(AgencyDbContext context, CompanyId company, string secret, Uri url, CancellationToken cancellationToken)
    {
        var origin = url.GetLeftPart(UriPartial.Authority);
        if (await context.CompanySecrets.Where(s => s.CompanyId == company && s.Name == secret && (s.Origin == null || s.Origin == origin))
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.Origin, origin), cancellationToken) > 0)
        {
            return null;
        }

        var bound = await context.CompanySecrets.Where(s => s.CompanyId == company && s.Name == secret).Select(s => s.Origin).SingleOrDefaultAsync(cancellationToken);
        return bound is null
            ? NoSecret(company, secret)
            : Error.Conflict($"The secret '{secret}' is for {bound} and is not sent elsewhere. Delete the connectors that use it and set its value again with set_secret and rebind true, or set a secret of another name.");
    }

    private static Error NoSecret(CompanyId company, string secret) =>
        Error.NotFound($"'{company}' has no secret '{secret}'. Call set_secret first, or leave secret out.");
}
