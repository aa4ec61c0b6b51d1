using Agency.Migrations;
using Microsoft.Extensions.Configuration;
using Npgsql;

var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(args).Build();
if (configuration.GetConnectionString("agency") is not { Length: > 0 } administrator)
{
    Console.Error.WriteLine("No administrator's connection string: set ConnectionStrings__agency.");
    return 1;
}

var passwords = configuration.GetSection("Roles").GetChildren().ToDictionary(role => role.Key, role => role.Value ?? "");
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

try
{
    await Migrator.MigrateAsync(administrator, passwords, stop.Token);
    Console.WriteLine("The database is at this version's schema, roles and access rules.");
    return 0;
}
catch (Exception e) when (e is NpgsqlException or InvalidOperationException or ArgumentException)
{
    Console.Error.WriteLine($"The database was not brought up to date: {e.Message}");
    return 1;
}
