using Agency.AppHost.Local;

[assembly: StartupStep(typeof(WelcomeStep))]

namespace Agency.AppHost.Local;

/// <summary>Ends the local start-up with what a person needs next: the console, the MCP addresses, a first token.</summary>
internal sealed class WelcomeStep : IStartupStep
{
    private const string TokenFile = "operator.token";

    /// <summary>A working day: who starts the agency may open its console after lunch. The link works once all the same.</summary>
    private const string LinkMinutes = "720";

    public async Task RunAsync(StartupContext context, CancellationToken ct)
    {
        bool production = string.Equals(context.Configuration["PRODUCTION_MODE"], "true", StringComparison.OrdinalIgnoreCase);
        string console = context.GetEndpoint("operations").ToString();
        if (!production && await LastLineAsync(context, ct, "--console-link", "--minutes", LinkMinutes) is (string link, _))
            console = link + "  (signs you in once)";
        context.Add("Console", console);
        context.Add("MCP: operations", McpAddress(context, "operations"));
        context.Add("MCP: context", McpAddress(context, "context"));
        context.Add("MCP: health", McpAddress(context, "health"));

        var (token, issued) = await LastLineAsync(context, ct, "--issue-token", "operator");
        if (token is null)
        {
            context.Add("Operator token", $"not available: operations --issue-token operator ended with exit code {issued.ExitCode}. {issued.Error.Split('\n')[0]}".TrimEnd());
            return;
        }

        string file = context.WriteSecretFile(TokenFile, token + "\n");
        if (!production)
            context.Add("Operator token", token);
        context.Add(production ? "Operator token" : "", $"in {file}");
    }

    private static async Task<(string? Line, ProgramResult Result)> LastLineAsync(StartupContext context, CancellationToken ct, params string[] arguments)
    {
        var result = await context.RunProgramAsync("operations", arguments, ct);
        string line = result.Output.Split('\n')[^1].Trim();
        return (result.ExitCode == 0 && line.Length > 0 ? line : null, result);
    }

    private static string McpAddress(StartupContext context, string resource) => new Uri(context.GetEndpoint(resource), "mcp").ToString();
}
