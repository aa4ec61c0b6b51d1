using Agency.Data;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Secrets;
using Npgsql;

namespace Agency.Scheduler.Gateway;

/// <summary>A company's connector as it is at this moment.</summary>
/// <param name="Url">Where it is.</param>
/// <param name="Header">The header that carries the secret.</param>
/// <param name="Secret">What is sent with each call; null: nothing.</param>
internal sealed record ConnectorAccess(Uri Url, string Header, OpenedSecret? Secret);

/// <summary>
/// Looks connectors up, for each call anew: one that was deleted, or whose secret was, is out of use at once.
/// </summary>
internal sealed class ConnectorDirectory(AgencyDatabase database, CompanySecretReader secrets, TimeProvider time)
{
    public async Task<Result<ConnectorAccess>> FindAsync(CompanyId company, string name, CancellationToken cancellationToken)
    {
        if (await RowAsync(company, name, cancellationToken) is not { } row)
        {
            return Error.NotFound($"There is no connector '{name}' any more.");
        }

        var url = new Uri(row.Url);
        if (row.SecretName is null)
        {
            return new ConnectorAccess(url, row.Header, null);
        }

        var secret = (await secrets.ReadAsync(company, cancellationToken)).SingleOrDefault(s => s.Name == row.SecretName);
        if (secret?.Value is null)
        {
            return Error.Conflict(secret?.Problem ?? $"The connector '{name}' has no secret '{row.SecretName}' any more.");
        }

        if (secret.Origin != url.GetLeftPart(UriPartial.Authority))
        {
            return Error.Conflict($"The secret '{secret.Name}' is not meant for the place where the connector '{name}' leads. Call set_connector again.");
        }

        await secrets.UsedAsync(company, secret.Name, time.GetUtcNow(), cancellationToken);
        return new ConnectorAccess(url, row.Header, secret);
    }

    private async Task<Row?> RowAsync(CompanyId company, string name, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select url, header, secret_name from connector where company_id = $1 and name = $2", connection);
        command.Parameters.AddWithValue(company.Value);
        command.Parameters.AddWithValue(name);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Row(reader.GetString(0), reader.GetString(1), await reader.IsDBNullAsync(2, cancellationToken) ? null : reader.GetString(2))
            : null;
    }

    private sealed record Row(string Url, string Header, string? SecretName);
}
