using Agency.Data;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Secrets.Redaction;
using Npgsql;

namespace Agency.ServiceDefaults.Secrets;

/// <summary>A secret in the clear. It goes to where it is meant for and nowhere else.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value; null when it does not decrypt.</param>
/// <param name="Problem">Why it does not decrypt.</param>
/// <param name="Origin">Where connectors may send it.</param>
public sealed record OpenedSecret(string Name, string? Value, string? Problem, string? Origin)
{
    /// <summary>Without the value, which the generated text would show.</summary>
    public override string ToString() => $"secret {Name}";
}

/// <summary>Decrypts companies' secrets for background work: connectors' calls, webhooks, redaction.</summary>
public sealed class CompanySecretReader(AgencyDatabase database, SecretVault vault, LiveSecrets live)
{
    private static readonly TimeSpan UseIsNotedAfter = TimeSpan.FromMinutes(1);

    /// <summary>All secrets of a company, few as they are: what is to be redacted is all of them.</summary>
    public async Task<IReadOnlyList<OpenedSecret>> ReadAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select name, ciphertext, origin from company_secret where company_id = $1", connection);
        command.Parameters.AddWithValue(company.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var secrets = new List<OpenedSecret>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var name = reader.GetString(0);
            var value = vault.Open(company, name, reader.GetFieldValue<byte[]>(1));
            if (value.IsSuccess)
            {
                live.Add(company, name, value.Value);
            }

            secrets.Add(new OpenedSecret(name, value.IsSuccess ? value.Value : null, value.Error?.Message, reader.IsDBNull(2) ? null : reader.GetString(2)));
        }

        return secrets;
    }

    /// <summary>Notes that a secret was used, once a minute at most.</summary>
    public async Task UsedAsync(CompanyId company, string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            "update company_secret set last_used_at = $3 where company_id = $1 and name = $2 and (last_used_at is null or last_used_at < $4)", connection);
        command.Parameters.AddWithValue(company.Value);
        command.Parameters.AddWithValue(name);
        command.Parameters.AddWithValue(now);
        command.Parameters.AddWithValue(now - UseIsNotedAfter);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Takes the secrets out of texts.</summary>
    public static SecretRedactor RedactorOf(IEnumerable<OpenedSecret> secrets)
    {
        KeyValuePair<string, string>[] known = [.. secrets.Where(s => s.Value is not null).Select(s => KeyValuePair.Create(s.Name, s.Value!))];
        return known.Length == 0 ? SecretRedactor.Empty : new SecretRedactor(known);
    }
}
