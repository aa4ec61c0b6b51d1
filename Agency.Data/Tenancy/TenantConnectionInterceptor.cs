using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Agency.Data.Tenancy;

/// <summary>Names the company to the database each time a connection is opened; the pool's reset forgets it.</summary>
internal sealed class TenantConnectionInterceptor(CompanyId company) : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using var command = SetCompany(connection);
        command.ExecuteNonQuery();
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        await using var command = SetCompany(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private DbCommand SetCompany(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = "select set_config('app.company_id', $1, false)";
        var parameter = command.CreateParameter();
        parameter.Value = company.Value;
        command.Parameters.Add(parameter);
        return command;
    }
}
