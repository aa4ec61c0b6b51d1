using System.Globalization;
using System.Text.Json;

namespace Agency.CompanyContext.Tests.Search;

public sealed class SearchToolsTests(ContextFixture context) : IClassFixture<ContextFixture>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        if (await context.Database.ScalarAsync<long>("select count(*) from agency.company") > 0)
        {
            return;
        }

        await context.Database.AddCompanyAsync("library");
        await context.Database.AddCompanyAsync("empty");
        await context.LoadAsync("library", "brand.md", """
            # Brand guide

            ## Colours
            The main colour is vermilion. Buttons are white on vermilion.

            ## Voice
            We write short sentences. We never shout at customers.

            # Delivery
            Customers receive parcels within three working days. Delivery to islands takes a week.
            """);
        await context.LoadAsync("library", "japan.md", "# 会社概要\n\n株式会社アクメの本社は東京都にあります。主な製品はロボットです。");
        await context.LoadAsync("library", "paths.md", "Choose tea and/or coffee. Use <price> 50 here. Ask info@acme.example about ＡＢＣ.");

        // Many passages about customers, so that the word tells little.
        var filler = string.Concat(Enumerable.Range(0, 40).Select(n => string.Create(CultureInfo.InvariantCulture, $"# Note {n}\n\nCustomers like item{n}.\n\n")));
        await context.LoadAsync("library", "filler.md", filler);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Query_WithWordsOfOnePassage_FindsItFirstWithItsHeading()
    {
        var passage = (await FindAsync("vermilion buttons"))[0];

        Assert.Equal("brand.md", passage.GetProperty("source").GetString());
        Assert.Equal("Brand guide / Colours", passage.GetProperty("heading").GetString());
        Assert.Contains("white on vermilion", passage.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.True(passage.GetProperty("score").GetDouble() > 1);
    }

    [Fact]
    public async Task Query_AsAQuestion_FindsThePassageOfItsRarestWords()
    {
        var found = await FindAsync("How long does it take until our customers on an island get their parcel, please?");

        Assert.Equal("Delivery", found[0].GetProperty("heading").GetString());
        Assert.InRange(found[0].GetProperty("score").GetDouble(), 0.01, 0.99);
    }

    [Fact]
    public async Task Query_WithOneRareAndOneCommonWord_PrefersTheRareOne()
    {
        // No passage has both words.
        var found = await FindAsync("customers vermilion");

        Assert.Equal("Brand guide / Colours", found[0].GetProperty("heading").GetString());
        Assert.All(found, passage => Assert.True(passage.GetProperty("score").GetDouble() < 1));
    }

    [Fact]
    public async Task Query_WithAllWordsSomewhere_RanksAboveSomeOfThem()
    {
        var found = await FindAsync("customers shout");

        Assert.Equal("Brand guide / Voice", found[0].GetProperty("heading").GetString());
        Assert.True(found[0].GetProperty("score").GetDouble() > 1);
        Assert.All(found.Skip(1), passage => Assert.True(passage.GetProperty("score").GetDouble() < 1));
    }

    [Theory]
    [InlineData("株式会社")]
    [InlineData("本社はどこですか")]
    [InlineData("ロボット")]
    [InlineData("社")]
    public async Task Query_InJapanese_FindsThePassage(string query) => Assert.Equal("japan.md", (await FindAsync(query))[0].GetProperty("source").GetString());

    [Theory]
    [InlineData("coffee")]
    [InlineData("price")]
    [InlineData("info@acme.example")]
    [InlineData("abc")]
    public async Task Query_ForAWordThatTheParserWouldHide_FindsIt(string query) =>
        Assert.Equal("paths.md", (await FindAsync(query))[0].GetProperty("source").GetString());

    [Theory]
    [InlineData("'")]
    [InlineData("vermilion' | 'x")]
    [InlineData("vermilion & | ! ( :* <->")]
    [InlineData("\\ \\' ''''")]
    [InlineData("'); drop table agency.document; --")]
    [InlineData("%s %n {0} {{x}} \uFFFF")]
    [InlineData("!!! ??? ...")]
    [InlineData("the of and")]
    public async Task Query_OfAnyText_Answers(string query)
    {
        var result = await context.OkAsync(context.Company("library"), "query_company_context", new { query });

        var words = query.Contains("vermilion", StringComparison.Ordinal);
        Assert.Equal(words, result.GetProperty("passages").EnumerateArray().Any(p => p.GetProperty("text").GetString()!.Contains("vermilion", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Query_OfVeryLongText_Answers() =>
        await context.OkAsync(context.Company("library"), "query_company_context", new { query = string.Concat(Enumerable.Repeat("customers word ", 133)) });

    [Fact]
    public async Task Query_WithALimit_KeepsToIt()
    {
        var result = await context.OkAsync(context.Company("library"), "query_company_context", new { query = "customers", limit = 3 });

        Assert.Equal(3, result.GetProperty("passages").GetArrayLength());
    }

    [Fact]
    public async Task Query_OfNothingThere_SaysWhy()
    {
        var none = await context.OkAsync(context.Company("library"), "query_company_context", new { query = "xylophone" });
        var empty = await context.OkAsync(context.Company("empty"), "query_company_context", new { query = "xylophone" });

        Assert.Contains("list_documents", none.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Contains("load_company_context", empty.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<JsonElement>> FindAsync(string query) =>
        [.. (await context.OkAsync(context.Operator(), "query_company_context", new { client = "library", query })).GetProperty("passages").EnumerateArray()];
}
