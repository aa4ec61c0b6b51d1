using System.Text.Json;

namespace Agency.Operations.Tests.Authorization;

/// <summary>A real MCP client that is given an address and nothing else.</summary>
public sealed class UnmodifiedClientTests(AuthorizationFixture agency) : IClassFixture<AuthorizationFixture>
{
    [Fact]
    public async Task TypeScriptClient_ByAddressAlone_SignsInCallsAndRefreshes()
    {
        await using var client = await NodeClient.StartAsync(agency.Resource);

        var asked = await client.DoAsync("connect");
        using var browser = await agency.SignedInAsync();
        await browser.GetAsync(Text(asked, "authorize"));
        Assert.Contains("Give “TypeScript client” access?", browser.Html, StringComparison.Ordinal);
        var answer = Pkce.Answer(await browser.SubmitAsync("/oauth/authorize", ("reach", "agency"), ("access", "write"), ("decision", "allow")));
        Assert.Equal("the-state", answer["state"]);
        var first = await client.DoAsync("finish", new { code = answer["code"] });

        var tools = await client.DoAsync("tools");
        Assert.Contains("list_workflows", tools.GetProperty("tools").EnumerateArray().Select(tool => tool.GetString()));
        var called = await client.DoAsync("call", new { name = "list_tokens", args = new { limit = 5 } });
        Assert.False(called.GetProperty("error").GetBoolean());
        Assert.Contains(
            called.GetProperty("structured").GetProperty("items").EnumerateArray(), token => Text(token, "name") == "TypeScript client for test operator");

        await client.DoAsync("spoil");
        Assert.False((await client.DoAsync("call", new { name = "list_workflows", args = new { } })).GetProperty("error").GetBoolean());

        var refreshed = await client.DoAsync("tokens");
        Assert.NotEqual(Text(first, "refresh_token"), Text(refreshed, "refresh_token"));
        Assert.NotEqual("over", Text(refreshed, "access_token"));
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
