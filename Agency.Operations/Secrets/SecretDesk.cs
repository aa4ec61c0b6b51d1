using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Outbound;
using Agency.ServiceDefaults.Secrets;
using Agency.ServiceDefaults.Secrets.Redaction;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Operations.Secrets;

/// <summary>Sets and deletes clients' secrets.</summary>
internal sealed class SecretDesk(
    CompanyScope companies, CallerDatabase database, SecretVault vault, LiveSecrets live, OutboundGuard guard, Caller caller, TimeProvider time)
{
    public const string NamePattern = "^[a-z][a-z0-9_-]{0,63}$";
    public const int MinValue = SecretRedactor.MinLength;
    public const int MaxValue = 2048;

    /// <summary>The name of the secret that is the address of the client's Slack webhook.</summary>
    public const string SlackWebhook = "slack_webhook";

    private const int MaxOfClient = 50;

    public async Task<Result<SetSecret>> SetAsync(string? client, string name, string value, bool rebind, CancellationToken cancellationToken)
    {
        var scope = companies.Resolve(client);
        if ((scope.Error ?? await CheckAsync(name, value, cancellationToken)) is { } error)
        {
            return error;
        }

        var company = scope.Value;
        var sealedValue = vault.Seal(company, name, value);
        if (!sealedValue.IsSuccess)
        {
            return sealedValue.Error;
        }

        await using var context = database.Open(company);
        if (await context.FindActiveCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        if (await context.CompanySecrets.CountAsync(s => s.CompanyId == company && s.Name != name, cancellationToken) >= MaxOfClient)
        {
            return Error.Conflict($"'{company}' has {MaxOfClient} secrets, which is all it can have. Delete one that is no longer used; list_secrets shows when each was.");
        }

        if (rebind && await ConnectorsAsync(context, company, name, cancellationToken) is { Count: > 0 } users)
        {
            return Error.Conflict($"The secret '{name}' is sent by the connector {string.Join(", ", users)} and stays bound to its host. Call delete_connector first, or leave rebind out.");
        }

        // Where it may be sent stays as it is unless that is asked for: a new value must not be carried off to another place by whoever took its connector away.
        var replaced = await context.CompanySecrets.AnyAsync(s => s.CompanyId == company && s.Name == name, cancellationToken);
        var now = time.Now();

        // Whoever binds it is waited for, and the statement after that knows of the connector.
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"select from agency.company_secret where company_id = {company.Value} and name = {name} for update", cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            insert into agency.company_secret (company_id, name, ciphertext, set_by, set_at)
            values ({company.Value}, {name}, {sealedValue.Value}, {caller.Subject}, {now})
            on conflict (company_id, name) do update set
                ciphertext = excluded.ciphertext, set_by = excluded.set_by, set_at = excluded.set_at, last_used_at = null,
                origin = case when {rebind} and not exists (
                    select from agency.connector c where c.company_id = excluded.company_id and c.secret_name = excluded.name) then null else company_secret.origin end
            """,
            cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        live.Add(company, name, value);
        var secret = await context.CompanySecrets.AsNoTracking().Where(s => s.CompanyId == company && s.Name == name)
            .Select(s => new SecretView(s.CompanyId, s.Name, s.SetAt, s.SetBy, s.LastUsedAt, s.Origin)).SingleAsync(cancellationToken);
        return new SetSecret(secret, replaced, await ConnectorsAsync(context, company, name, cancellationToken));
    }

    public async Task<Result<DeletedSecret>> DeleteAsync(string? client, string name, CancellationToken cancellationToken)
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

        try
        {
            return await context.CompanySecrets.Where(s => s.CompanyId == company && s.Name == name).ExecuteDeleteAsync(cancellationToken) > 0
                ? new DeletedSecret(company, name)
                : Error.NotFound($"'{company}' has no secret '{name}'. Call list_secrets to see the names.");
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation) // The latter since PostgreSQL 18.
        {
            var users = string.Join(", ", await ConnectorsAsync(context, company, name, cancellationToken));
            return Error.Conflict($"The secret '{name}' is used by the connector {users}. Call delete_connector first, or set_connector without the secret.");
        }
    }

    private async Task<Error?> CheckAsync(string name, string value, CancellationToken cancellationToken)
    {
        if (value.Any(c => c is < ' ' or > '~') || value != value.Trim())
        {
            return Error.Invalid("value must be printable ASCII characters, without a blank at its begin or end: it goes into a header. Encode it as the other side expects.");
        }

        return name == SlackWebhook ? await guard.CheckAsync("value, the webhook's address,", value, cancellationToken) : null;
    }

    private static Task<List<string>> ConnectorsAsync(AgencyDbContext context, CompanyId company, string secret, CancellationToken cancellationToken) =>
        context.Connectors.Where(c => c.CompanyId == company && c.SecretName == secret).OrderBy(c => c.Name).Select(c => c.Name).ToListAsync(cancellationToken);
}
