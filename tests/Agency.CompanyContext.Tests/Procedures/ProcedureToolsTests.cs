using Agency.Data;

namespace Agency.CompanyContext.Tests.Procedures;

public sealed class ProcedureToolsTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    [Fact]
    public async Task GetSop_WithAnOverride_GivesTheClientsAndOnlyToIt()
    {
        await context.Database.AddCompanyAsync("own");
        await context.Database.AddCompanyAsync("plain");
        var mine = ContextFixture.Procedure("greeting", "Greet loudly");

        await context.OkAsync(context.Company("own"), "save_sop", new { markdown = mine });
        var own = await context.OkAsync(context.Run("own", RunId.New(TimeProvider.System), "get_sop"), "get_sop", new { name = "greeting" });
        var plain = await context.OkAsync(context.Company("plain"), "get_sop", new { name = "greeting" });

        Assert.Equal((mine, "client", "Greet loudly"), (own.GetProperty("markdown").GetString(), own.GetProperty("source").GetString(), own.GetProperty("title").GetString()));
        Assert.Equal(("default", "Greet the client"), (plain.GetProperty("source").GetString(), plain.GetProperty("title").GetString()));

        var deleted = await context.OkAsync(context.Company("own"), "delete_sop", new { name = "greeting" });
        Assert.True(deleted.GetProperty("default_remains").GetBoolean());
        Assert.Equal("default", (await context.OkAsync(context.Company("own"), "get_sop", new { name = "greeting" })).GetProperty("source").GetString());
    }

    [Fact]
    public async Task SopList_WithoutClient_ShowsTheDefaultsAndTheirProblems()
    {
        var items = (await context.OkAsync(context.Operator(), "sop_list", new { })).GetProperty("items");

        Assert.Equal(["broken", "greeting"], ContextFixture.Each(items, "name"));
        Assert.False(items[0].GetProperty("valid").GetBoolean());
        Assert.Contains(items[0].GetProperty("problems").EnumerateArray(), problem => problem.GetProperty("severity").GetString() == "error");
        Assert.True(items[1].GetProperty("valid").GetBoolean());
    }

    [Fact]
    public async Task SopList_ByPages_MergesTheClientsOwn()
    {
        await context.Database.AddCompanyAsync("merge");
        await context.OkAsync(context.Company("merge"), "save_sop", new { markdown = ContextFixture.Procedure("zebra", "Zebra") });

        var first = await context.OkAsync(context.Company("merge"), "sop_list", new { limit = 2 });
        var second = await context.OkAsync(context.Company("merge"), "sop_list", new { limit = 2, cursor = first.GetProperty("next_cursor").GetString() });

        Assert.Equal(["broken", "greeting"], ContextFixture.Each(first.GetProperty("items"), "name"));
        Assert.Equal(["zebra"], ContextFixture.Each(second.GetProperty("items"), "name"));
    }

    [Fact]
    public async Task GetSop_OfAnUnknownName_ListsTheKnownOnes() =>
        Assert.Contains(
            "Known: broken, greeting.", await context.FailAsync(context.Operator(), "get_sop", new { name = "greetings" }, "not_found"), StringComparison.Ordinal);

    [Fact]
    public async Task ValidateSop_OfABrokenOne_SaysWhere()
    {
        var result = await context.OkAsync(context.Operator(), "validate_sop", new { markdown = "# T\n\n1. Step\n\n   ```tool nonsense\n   {}\n   ```\n" });

        Assert.False(result.GetProperty("valid").GetBoolean());
        Assert.Contains(result.GetProperty("problems").EnumerateArray(), p => p.GetProperty("severity").GetString() == "error" && p.GetProperty("line").GetInt32() == 5);
    }

    [Fact]
    public async Task SaveSop_WithErrors_SavesNothing()
    {
        await context.Database.AddCompanyAsync("errors");

        var message = await context.FailAsync(context.Company("errors"), "save_sop", new { markdown = "# No steps\n", name = "none" }, "invalid");

        Assert.Contains("no steps", message, StringComparison.Ordinal);
        await context.FailAsync(context.Company("errors"), "get_sop", new { name = "none" }, "not_found");
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("x\n")]
    [InlineData("ü")]
    public async Task SaveSop_UnderABadName_IsRefused(string name)
    {
        await context.Database.AddCompanyAsync("names");

        await context.FailAsync(context.Company("names"), "save_sop", new { markdown = ContextFixture.Procedure("a", "A"), name }, "invalid");
    }

    [Fact]
    public async Task SaveSop_ByARunOrAReader_IsForbidden()
    {
        await context.Database.AddCompanyAsync("rights");
        var markdown = ContextFixture.Procedure("a", "A");

        await context.FailAsync(context.Run("rights", RunId.New(TimeProvider.System), "save_sop"), "save_sop", new { markdown }, "forbidden");
        await context.FailAsync(context.Company("rights", canWrite: false), "save_sop", new { markdown }, "forbidden");
    }
}
