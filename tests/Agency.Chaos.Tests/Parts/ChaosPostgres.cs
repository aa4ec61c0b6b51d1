using System.Diagnostics;
using Agency.EmbeddedServers.Postgres;
using Agency.Migrations;
using Npgsql;

namespace Agency.Chaos.Tests.Parts;

/// <summary>A server of the test's own, which it stops and starts. It keeps its port.</summary>
internal sealed class ChaosPostgres : IAsyncDisposable
{
    private const string Password = "agency-chaos";
    private const string RolePassword = "pw";

    private readonly EmbeddedPostgresOptions _options;
    private readonly Process _guard;
    private EmbeddedPostgres _server;

    private ChaosPostgres(EmbeddedPostgresOptions options, EmbeddedPostgres server)
    {
        (_options, _server) = (options, server);
        _guard = StartGuard(server);
    }

    /// <summary>The superuser's, without pooling: every use finds out anew whether the server is there.</summary>
    public string AdminConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { ApplicationName = "chaos-test", Timeout = 5, CommandTimeout = 20 }.ConnectionString;

    public static async Task<ChaosPostgres> StartAsync(string folder)
    {
        var options = new EmbeddedPostgresOptions
        {
            Folder = folder,
            Password = Password,

            // What was committed must outlive the server's processes, and these alone die here: the operating system goes on.
            Settings = new Dictionary<string, string> { ["fsync"] = "off", ["full_page_writes"] = "off", ["synchronous_commit"] = "on", ["max_connections"] = "100" },
        };
        var postgres = new ChaosPostgres(options, await EmbeddedPostgres.StartAsync(options, CancellationToken.None));
        string[] logins = ["operations_agency", "operations_tenant", "scheduler_agency", "context_agency", "context_tenant", "health_agency", "health_tenant", "scheduler_tenant"];
        await Migrator.MigrateAsync(postgres.AdminConnectionString, logins.ToDictionary(login => login, _ => RolePassword), CancellationToken.None);
        await using var connection = new NpgsqlConnection(postgres.AdminConnectionString);
        await connection.OpenAsync();
        await using var audit = new NpgsqlCommand(Audit.Sql, connection);
        await audit.ExecuteNonQueryAsync();
        return postgres;
    }

    /// <summary>A scheduler's connection string; <paramref name="who"/> names its sessions.</summary>
    public string SchedulerConnectionString(string who) =>
        new NpgsqlConnectionStringBuilder(_server.ConnectionString)
        {
            Username = "scheduler_agency",
            Password = RolePassword,
            Pooling = true,
            MaxPoolSize = 20,
            ApplicationName = who,
        }.ConnectionString;

    /// <param name="immediately">As in a crash: without telling anyone and without a checkpoint.</param>
    public async Task StopAsync(bool immediately)
    {
        var command = _server.StopCommand.Select(part => part == "fast" && immediately ? "immediate" : part).ToList();
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { WorkingDirectory = "/", RedirectStandardOutput = true };
        if (_server.UserName is { } user)
        {
            start.UserName = user;
        }

        using var stop = Process.Start(start)!;
        await stop.WaitForExitAsync();
    }

    public async Task StartAgainAsync() =>
        _server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { Folder = _options.Folder, Password = Password, Settings = _options.Settings, Port = _server.Port }, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _guard.StandardInput.DisposeAsync();
        await _guard.WaitForExitAsync();
        _guard.Dispose();
    }

    /// <summary>Stops the server when this process is gone, however it went.</summary>
    private static Process StartGuard(EmbeddedPostgres server)
    {
        var stop = string.Join(' ', server.StopCommand.Select(part => $"'{part}'"));
        var start = new ProcessStartInfo("/bin/sh", ["-c", $"trap '' INT TERM; read end; {stop} >/dev/null 2>&1"]) { WorkingDirectory = "/", RedirectStandardInput = true };
        if (server.UserName is { } user)
        {
            start.UserName = user;
        }

        return Process.Start(start)!;
    }
}
