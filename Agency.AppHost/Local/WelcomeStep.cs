using Agency.AppHost.Local;

[assembly: StartupStep(typeof(WelcomeStep))]

namespace Agency.AppHost.Local;

/// <summary>Ends the local start-up with what a person needs next: the console, the MCP addresses, a first token.</summary>
internal sealed class WelcomeStep : IStartupStep
{
    private const string TokenFile = "operator.token";

    public async Task RunAsync(StartupContext context, CancellationToken ct)
    {
        var issued = await context.RunProgramAsync("operations", ["--issue-token", "operator"], ct);
        string token = issued.ExitCode == 0 ? issued.Output.Split('\n')[^1].Trim() : "";
        bool production = string.Equals(context.Configuration["PRODUCTION_MODE"], "true", StringComparison.OrdinalIgnoreCase);

        // What follows the number sign never leaves the browser: the page itself signs in with it.
        string signIn = production || token.Length == 0 ? "" : $"#token={token}";
        context.Add("Console", context.GetEndpoint("operations") + signIn);
        context.Add("MCP: operations", McpAddress(context, "operations"));
        context.Add("MCP: context", McpAddress(context, "context"));
        context.Add("MCP: health", McpAddress(context, "health"));

        if (token.Length == 0)
        {
            context.Add("Operator token", $"not available: operations --issue-token operator ended with exit code {issued.ExitCode}. {issued.Error.Split('\n')[0]}".TrimEnd());
            return;
        }

        string file = context.WriteSecretFile(TokenFile, token + "\n");
        if (!production)
            context.Add("Operator token", token);
        context.Add(production ? "Operator token" : "", $"in {file}");
    }

    private static string McpAddress(StartupContext context, string resource) => new Uri(context.GetEndpoint(resource), "mcp").ToString();
}
