using System.Text.Json;
using System.Text.RegularExpressions;

namespace Agency.HealthMonitor.Tests;

/// <summary>The default procedures call this server as a run does: what they ask for must be what it offers.</summary>
public sealed partial class ProcedureTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task Calls_OfTheDefaultProcedures_AreAccepted()
    {
        await server.Database.AddCompanyAsync("procedures");
        var calls = Directory.GetFiles(SopFolder(), "*.md")
            .SelectMany(file => Call().Matches(File.ReadAllText(file)))
            .Select(match => (Tool: match.Groups["tool"].Value, Arguments: match.Groups["arguments"].Value.Replace("{{ company.id }}", "procedures", StringComparison.Ordinal)))
            .Distinct()
            .ToArray();

        Assert.NotEmpty(calls);
        foreach (var (tool, arguments) in calls)
        {
            await server.AsRunAsync("procedures", tool, JsonSerializer.Deserialize<JsonElement>(arguments));
        }
    }

    private static string SopFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Agency.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("No Agency.sln above the tests."), "sops");
    }

    [GeneratedRegex(@"```tool health\.(?<tool>[a-z_]+)[^\n]*\n(?<arguments>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Call();
}
