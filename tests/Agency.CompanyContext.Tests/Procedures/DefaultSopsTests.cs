using Agency.Sops;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Agency.CompanyContext.Tests.Procedures;

/// <summary>The procedures that come with the service, copied beside its binary.</summary>
public sealed class DefaultSopsTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    public static TheoryData<string> Files() => [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "sops"), "*.md").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void DefaultSop_AsShipped_HasNoProblemsAndItsFilesName(string file)
    {
        var parsed = SopParser.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sops", file)));

        Assert.Empty(parsed.Problems);
        Assert.Equal(Path.GetFileNameWithoutExtension(file), parsed.Sop!.Name);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void DefaultSop_CallingThisServer_UsesToolsAndArgumentsThatExist(string file)
    {
        var tools = context.Services.GetServices<McpServerTool>().ToDictionary(tool => tool.ProtocolTool.Name, tool => tool.ProtocolTool.InputSchema);
        var sop = SopParser.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "sops", file))).Sop!;

        foreach (var call in sop.Steps.Select(step => step.Call).OfType<SopToolCall>().Where(call => call.Tool.Server == ContextServer.Name))
        {
            var schema = Assert.Contains(call.Tool.Tool, (IDictionary<string, System.Text.Json.JsonElement>)tools);
            var known = schema.GetProperty("properties").EnumerateObject().Select(property => property.Name);
            Assert.Subset(known.ToHashSet(), call.ArgumentsTemplate.Select(argument => argument.Key).ToHashSet());
        }
    }
}
