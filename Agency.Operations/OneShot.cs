using Agency.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Operations;

/// <summary>What the command lines share: a host without a server, made to do one thing, and errors that name the cause.</summary>
internal static class OneShot
{
    /// <param name="args">The process's arguments.</param>
    /// <param name="own">The options that belong to the command; all others are settings of the server.</param>
    /// <param name="failure">How a failure's message begins.</param>
    /// <param name="errors">Where a failure goes.</param>
    /// <param name="configure">The services that the work needs, beside the database.</param>
    /// <param name="work">Returns the exit code.</param>
    public static async Task<int> RunAsync(
        string[] args, string[] own, string failure, TextWriter errors, Action<IHostApplicationBuilder> configure, Func<IServiceProvider, Task<int>> work)
    {
        try
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = [.. Settings(args, own)] });
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.AddAgencyDatabase();
            configure(builder);
            using var host = builder.Build();
            return await work(host.Services);
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException or NpgsqlException or ArgumentException)
        {
            // EF Core wraps a database that is away in an exception about retrying.
            var database = e as NpgsqlException ?? e.InnerException as NpgsqlException;
            await errors.WriteLineAsync(database is null
                ? $"{failure}: {e.Message}"
                : $"{failure}: the database cannot be used, and what is not recorded could not be taken back: {database.Message}");
            return 1;
        }
    }

    private static IEnumerable<string> Settings(string[] args, string[] own) =>
        args.Where(arg => arg.StartsWith("--", StringComparison.Ordinal) && arg.Contains('=', StringComparison.Ordinal)
            && !own.Contains(arg[2..arg.IndexOf('=', StringComparison.Ordinal)]));
}
