using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Migrations;
using Npgsql;
using Xunit;

namespace Agency.Testing;

/// <summary>
/// A database at this version's schema with all roles and access rules, for one test class: <c>IClassFixture&lt;AgencyTestDatabase&gt;</c>.
/// </summary>
public sealed class AgencyTestDatabase : IAsyncLifetime
{
    /// <summary>Password of every login role on the test server.</summary>
    public const string Password = "pw";

    private static readonly string[] Services = ["operations", "scheduler", "context", "health"];

    private readonly Dictionary<string, AgencyDatabase> _open = [];
    private TestDatabase? _database;

    /// <summary>The superuser's connection string: for arranging and for looking, never for what is under test.</summary>
    public string AdminConnectionString => Database.AdminConnectionString;

    private TestDatabase Database => _database ?? throw new InvalidOperationException("The fixture is not initialised.");

    /// <summary>The connection string of a login such as <c>operations_tenant</c>.</summary>
    public string ConnectionString(string login) => Database.ConnectionStringFor(login, Password);

    /// <summary>The database as <paramref name="service"/> (operations, scheduler, context, health) opens it.</summary>
    public AgencyDatabase As(string service)
    {
        if (!_open.TryGetValue(service, out var database))
        {
            var tenant = service == "scheduler" ? null : ConnectionString($"{service}_tenant");
            _open[service] = database = new AgencyDatabase(ConnectionString($"{service}_agency"), tenant);
        }

        return database;
    }

    /// <summary>Creates a company with an empty profile.</summary>
    public async Task<CompanyId> AddCompanyAsync(string id, string? name = null)
    {
        await ExecuteAsync("select agency.ensure_company($1, $2, 'UTC', now())", id, name ?? id);
        return new CompanyId(id);
    }

    /// <summary>Runs SQL as the superuser, with positional parameters.</summary>
    public async Task ExecuteAsync(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(AdminConnectionString);
        await connection.OpenAsync();
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first value that SQL run as the superuser gives.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object[] parameters)
    {
        await using var connection = new NpgsqlConnection(AdminConnectionString);
        await connection.OpenAsync();
        await using var command = Command(connection, sql, parameters);
        return await command.ExecuteScalarAsync() is T value ? value : default;
    }

    public async ValueTask InitializeAsync()
    {
        // The key follows the code that makes the schema.
        var versions = string.Concat(((Type[])[typeof(Migrator), typeof(AgencyDbContext)]).Select(t => t.Module.ModuleVersionId.ToString("N")[..12]));
        var template = await TestPostgres.EnsureTemplateAsync($"agency_{versions}", (administrator, ct) => Migrator.MigrateAsync(
            administrator, Services.SelectMany(s => (string[])[$"{s}_agency", $"{s}_tenant"]).ToDictionary(login => login, _ => Password), ct));
        _database = await TestPostgres.CreateDatabaseAsync(template);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _open.Values)
        {
            await database.DisposeAsync();
        }

        if (_database is not null)
        {
            await _database.DisposeAsync();
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return command;
    }
}
