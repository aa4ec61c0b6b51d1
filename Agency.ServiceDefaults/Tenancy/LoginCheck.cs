using Agency.Data.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agency.ServiceDefaults.Tenancy;

/// <summary>
/// Stops a service from starting with a database login that row level security does not bind. A database that is away is waited for: a service
/// that is started while the database restarts comes up with it.
/// </summary>
internal sealed partial class LoginCheck(AgencyDatabase database, TimeProvider time, ILogger<LoginCheck> logger) : IHostedLifecycleService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;

    private const string Powers = """
        select current_user,
               r.rolsuper,
               r.rolbypassrls,
               exists (select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                       where n.nspname = 'agency' and pg_has_role(current_user, c.relowner, 'member'))
        from pg_roles r where r.rolname = current_user
        """;

    /// <exception cref="NpgsqlException">The database refuses the login.</exception>
    /// <exception cref="InvalidOperationException">A login is a superuser, has BYPASSRLS, or owns the tables.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        foreach (var source in database.DataSourcesInUse)
        {
            await WaitAndCheckAsync(source, cancellationToken);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task WaitAndCheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                await CheckAsync(source, cancellationToken);
                return;
            }
            catch (NpgsqlException e) when (e.IsTransient)
            {
                if (!told)
                {
                    Away(_logger, e);
                }

                await Task.Delay(Retry, time, cancellationToken);
            }
        }
    }

    private static async Task CheckAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(Powers);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        string? power = (reader.GetBoolean(1), reader.GetBoolean(2), reader.GetBoolean(3)) switch
        {
            (true, _, _) => "is a superuser",
            (_, true, _) => "has BYPASSRLS",
            (_, _, true) => "owns the tables",
            _ => null,
        };
        if (power is not null)
        {
            throw new InvalidOperationException(
                $"The database login '{reader.GetString(0)}' {power}, so row level security would not keep clients apart. Use the logins that "
                + "Agency.Migrations creates.");
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The database does not answer. This service starts as soon as it does; check ConnectionStrings:agency if it should have.")]
    private static partial void Away(ILogger logger, Exception exception);
}
