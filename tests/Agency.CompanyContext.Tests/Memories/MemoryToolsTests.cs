using System.Text.Json;
using Agency.Data;

namespace Agency.CompanyContext.Tests.Memories;

public sealed class MemoryToolsTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    [Fact]
    public async Task Remember_ByARun_KeepsItsId()
    {
        await context.Database.AddCompanyAsync("runs");
        var run = RunId.New(TimeProvider.System);

        var kept = await context.OkAsync(context.Run("runs", run, "remember"), "remember", new { text = "Done." });

        var memory = Assert.Single((await RecallAsync("runs", new { })).EnumerateArray());
        Assert.Equal(run.ToString(), memory.GetProperty("run_id").GetString());
        Assert.Equal(kept.GetProperty("memory_id").GetString(), memory.GetProperty("memory_id").GetString());
    }

    [Fact]
    public async Task Recall_WithoutAQuery_GivesTheNewestFirstByPages()
    {
        await context.Database.AddCompanyAsync("pages");
        foreach (var text in (string[])["one", "two", "three"])
        {
            await context.OkAsync(context.Company("pages"), "remember", new { text });
        }

        var first = await context.OkAsync(context.Company("pages"), "recall", new { limit = 2 });
        var second = await context.OkAsync(context.Company("pages"), "recall", new { limit = 2, cursor = first.GetProperty("next_cursor").GetString() });

        Assert.Equal(["three", "two"], ContextFixture.Each(first.GetProperty("items"), "text"));
        Assert.Equal(["one"], ContextFixture.Each(second.GetProperty("items"), "text"));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
    }

    [Fact]
    public async Task Recall_WithAQueryAndTags_GivesWhatFitsBoth()
    {
        await context.Database.AddCompanyAsync("tags");
        await context.OkAsync(context.Company("tags"), "remember", new { text = "The invoice was disputed.", tags = new[] { " Billing ", "Complaint" } });
        await context.OkAsync(context.Company("tags"), "remember", new { text = "The invoice was paid.", tags = new[] { "billing" } });
        await context.OkAsync(context.Company("tags"), "remember", new { text = "Lunch with Ann.", tags = new[] { "people" } });

        Assert.Equal(2, (await RecallAsync("tags", new { query = "invoices" })).GetArrayLength());
        Assert.Equal(["The invoice was disputed."], ContextFixture.Each(await RecallAsync("tags", new { query = "invoice", tags = new[] { "complaint" } }), "text"));
        Assert.Equal(["The invoice was paid.", "The invoice was disputed."], ContextFixture.Each(await RecallAsync("tags", new { tags = new[] { "BILLING" } }), "text"));
        Assert.Equal(["Lunch with Ann."], ContextFixture.Each(await RecallAsync("tags", new { query = "people" }), "text"));
        Assert.Empty((await RecallAsync("tags", new { tags = new[] { "billing", "people" } })).EnumerateArray());
    }

    [Theory]
    [InlineData("remember", """{"text":"  "}""")]
    [InlineData("remember", """{"text":"a\u0000b"}""")]
    [InlineData("remember", """{"text":"a","tags":["x\ny"]}""")]
    [InlineData("recall", """{"query":"a","cursor":"eyJ9"}""")]
    [InlineData("recall", """{"cursor":"nonsense"}""")]
    public async Task Call_WithWhatCannotBe_IsRefused(string tool, string arguments)
    {
        await context.Database.AddCompanyAsync("refuse");

        await context.FailAsync(context.Company("refuse"), tool, JsonSerializer.Deserialize<JsonElement>(arguments), "invalid");
    }

    private async Task<JsonElement> RecallAsync(string client, object arguments) =>
        (await context.OkAsync(context.Company(client), "recall", arguments)).GetProperty("items");
}
