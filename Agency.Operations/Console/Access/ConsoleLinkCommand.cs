using System.Globalization;
using System.Text.Json.Nodes;
using Agency.Data.Auditing;
using Agency.Operations.Tokens;
using Agency.ServiceDefaults.Identity;

namespace Agency.Operations.Console.Access;

/// <summary><c>Agency.Operations --console-link [--name text] [--minutes n]</c>: writes an address that signs an operator in once.</summary>
internal static class ConsoleLinkCommand
{
    private const string Option = "--console-link";
    private const int DefaultMinutes = 15;
    private const int MaxMinutes = 24 * 60;

    private const string Usage = "Usage: Agency.Operations --console-link [--name text] [--minutes n]; the link works once, for 1 to 1440 minutes (15 unless given).";

    private static readonly string[] Known = ["name", "minutes"];

    public static bool IsRequested(string[] args) => args.Contains(Option);

    /// <returns>The exit code: 0, 1 when it could not be done, 2 for wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken = default)
    {
        var rest = args.Where(arg => arg != Option).ToArray();
        var given = new ConfigurationBuilder().AddCommandLine(rest).Build();
        var name = string.IsNullOrWhiteSpace(given["name"]) ? "operator" : given["name"]!.Trim();
        if (!int.TryParse(given["minutes"] ?? $"{DefaultMinutes}", NumberStyles.None, CultureInfo.InvariantCulture, out var minutes)
            || minutes is < 1 or > MaxMinutes || name.Length > TokenOffice.MaxNameLength || name.Any(char.IsControl))
        {
            await errors.WriteLineAsync(Usage);
            return 2;
        }

        return await OneShot.RunAsync(rest, Known, "No link was made", errors, Configure, async services =>
        {
            var address = services.GetRequiredService<ServerAddresses>().Base("operations");
            AuditCall.Begin(
                new AuditActor(Environment.UserName, "command"), "operations", "console_link", target: null,
                AuditJson.Write(new JsonObject { ["name"] = AuditJson.Of(name), ["minutes"] = minutes }));
            var code = await services.GetRequiredService<SignInCodes>().IssueAsync(name, TimeSpan.FromMinutes(minutes), cancellationToken);

            // What follows the number sign never leaves the browser, and so no log and no history of a proxy: the page itself sends the code.
            await output.WriteLineAsync($"{address}/sign-in#code={code}");
            return 0;
        });
    }

    private static void Configure(IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ServerAddresses>();
        builder.Services.AddSingleton<SignInCodes>();
    }
}
