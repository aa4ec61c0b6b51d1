using System.Globalization;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Agency.Operations.Tokens;

/// <summary>
/// <c>Agency.Operations --issue-token operator|viewer|company [--company id] [--access read|write] [--name text] [--lifetime hours]</c>:
/// writes one token to standard output and nothing else, so that a script can take it from there.
/// </summary>
internal static class TokenCommand
{
    private const string Option = "--issue-token";

    private const string Usage =
        "Usage: Agency.Operations --issue-token operator|viewer|company [--company id] [--access read|write] [--name text] [--lifetime hours]";

    private static readonly string[] Known = ["issue-token", "company", "access", "name", "lifetime"];

    public static bool IsRequested(string[] args) => args.Any(arg => arg == Option || arg.StartsWith(Option + "=", StringComparison.Ordinal));

    /// <returns>The exit code: 0, 1 when it could not be done, 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken = default)
    {
        // Of the arguments alone: an environment variable called NAME is not meant.
        var given = new ConfigurationBuilder().AddCommandLine(args).Build();
        if (!SnakeCase.TryParse<TokenRole>(given["issue-token"], out var role)
            || !SnakeCase.TryParse<TokenAccess>(given["access"] ?? "write", out var access)
            || !int.TryParse(given["lifetime"] ?? $"{TokenOffice.DefaultLifetimeHours}", NumberStyles.None, CultureInfo.InvariantCulture, out var hours))
        {
            await errors.WriteLineAsync(Usage);
            return 2;
        }

        try
        {
            var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { Args = [.. Settings(args)] });
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(TimeProvider.System);
            builder.AddAgencyDatabase();
            builder.AddTokenOffice();
            using var host = builder.Build();
            AuditCall.Begin(new AuditActor(Environment.UserName, "command"), "operations", "issue_token");
            var token = await host.Services.GetRequiredService<TokenOffice>().IssueAsync(role, given["company"], access, given["name"], hours, cancellationToken);
            if (!token.IsSuccess)
            {
                await errors.WriteLineAsync(token.Error.Message);
                return 2;
            }

            await output.WriteLineAsync(token.Value.Token);
            return 0;
        }
        catch (Exception e) when (e is OptionsValidationException or InvalidOperationException or NpgsqlException or ArgumentException)
        {
            // EF Core wraps a database that is away in an exception about retrying.
            var database = e as NpgsqlException ?? e.InnerException as NpgsqlException;
            await errors.WriteLineAsync(database is null
                ? $"No token was issued: {e.Message}"
                : $"No token was issued: the database cannot be used, and a token that is not recorded could not be revoked: {database.Message}");
            return 1;
        }
    }

    /// <summary>The arguments that are settings of the server and none of this command's.</summary>
    private static IEnumerable<string> Settings(string[] args) =>
        args.Where(arg => arg.StartsWith("--", StringComparison.Ordinal) && arg.Contains('=', StringComparison.Ordinal)
            && !Known.Contains(arg[2..arg.IndexOf('=', StringComparison.Ordinal)]));
}
