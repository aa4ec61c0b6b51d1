using System.Diagnostics;
using System.Globalization;
using System.Text;
using Agency.AppHost.Resources;
using Microsoft.Extensions.Configuration;

namespace Agency.AppHost.Startup;

/// <summary>Ends the start with what a person needs next: the console, the dashboard, the MCP addresses, a token.</summary>
internal sealed class StartupSummary(LocalRun local, OperatorAccess access, ConsoleLinks links, IConfiguration configuration)
{
    private readonly List<(string Label, string Text)> _lines = [];

    /// <summary>Makes what the summary shows of access: the console's link and the operator's token. Operations must be ready.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        bool production = configuration.IsProduction();
        var link = production ? Task.FromResult("") : links.RenewAsync(cancellationToken);
        var token = access.GetTokenAsync(OperatorAccess.OperatorTokenFile, "operator", cancellationToken);
        await Task.WhenAll(link, token);

        Add("Console", production ? $"{local.Ports.Url("operations")}/" : $"{await link}  (signs you in once)");
        Add("New link", ConsoleLinkCommand.CommandLine(local));
        Add("Dashboard", $"{local.Ports.Url("dashboard")}/login?t={configuration["AppHost:BrowserToken"]}");
        foreach (string server in (string[])["operations", "context", "health"])
            Add($"MCP: {server}", $"{local.Ports.Url(server)}/mcp");
        if (!production)
            Add("Operator token", await token);
        Add(production ? "Operator token" : "", $"in {local.State[OperatorAccess.OperatorTokenFile]}");
        Add("State", local.State.Path);
        if (configuration[ServiceExtensions.Collector] is { Length: > 0 } collector)
            Add("Telemetry", $"goes to {collector} instead of the dashboard");
        if (!AppContext.BaseDirectory.StartsWith(local.Output.Root, StringComparison.Ordinal))
            Add("Programs", $"of the build in {local.Output.Root}");
    }

    public void Print()
    {
        // Counted from the process's first moment, before anything of ours ran.
        using var self = Process.GetCurrentProcess();
        var took = TimeProvider.System.GetUtcNow().UtcDateTime - self.StartTime.ToUniversalTime();
        Screen.Write(Render($"The agency is ready ({took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s). Ctrl+C stops it."));
    }

    private void Add(string label, string text) => _lines.Add((label, text));

    private string Render(string title)
    {
        int width = _lines.Max(l => l.Label.Length);
        var text = new StringBuilder().AppendLine().AppendLine(title).AppendLine();
        foreach (var (label, value) in _lines)
            text.Append("  ").Append(label.PadRight(width)).Append("  ").AppendLine(value);
        return text.ToString();
    }
}
