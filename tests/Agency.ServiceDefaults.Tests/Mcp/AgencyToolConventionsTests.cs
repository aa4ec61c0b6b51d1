using System.ComponentModel;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Tests.Mcp;

public sealed class AgencyToolConventionsTests
{
    [Fact]
    public async Task Start_WithToolThatLacksThings_NamesEachOfThem()
    {
        using var tokens = new TestTokens();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SampleServer.StartAsync(tokens, builder => builder.Services.AddMcpServer().WithAgencyTools<BareTools>()));

        Assert.Contains("bare: Title is missing", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("bare: [Description] is missing", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("bare: all four hints", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("bare: set UseStructuredContent", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("bare: the argument some_thing has no [Description]", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Bad-Name: the name must be snake_case", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("list_notes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithToolThatBypassesTheHouse_Refuses()
    {
        using var tokens = new TestTokens();

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            SampleServer.StartAsync(tokens, builder => builder.Services.AddMcpServer().WithTools<BareTools>()));

        Assert.Contains("bare: register it with WithAgencyTools<T>()", refusal.Message, StringComparison.Ordinal);
    }

    private sealed class BareTools
    {
        [McpServerTool(Name = "bare")]
        public static string Bare(string someThing) => someThing;

        [McpServerTool(Name = "Bad-Name", Title = "x", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
        [Description("x")]
        public static Page<int> Bad() => new([], null);
    }
}
