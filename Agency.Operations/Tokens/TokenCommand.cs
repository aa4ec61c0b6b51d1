using System.Globalization;
using Agency.Data;
using Agency.Data.Auditing;

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

        return await OneShot.RunAsync(args, Known, "No token was issued", errors, builder => builder.AddTokenOffice(), async services =>
        {
            AuditCall.Begin(new AuditActor(Environment.UserName, "command"), "operations", "issue_token");
            var token = await services.GetRequiredService<TokenOffice>().IssueAsync(role, given["company"], access, given["name"], hours, cancellationToken);
            if (!token.IsSuccess)
            {
                await errors.WriteLineAsync(token.Error.Message);
                return 2;
            }

            await output.WriteLineAsync(token.Value.Token);
            return 0;
        });
    }
}
