using System.Text;
using System.Text.Json;

namespace Agency.CompanyContext.Tests.Documents;

public sealed class DocumentToolsTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    [Fact]
    public async Task Load_OfTheSameSource_ReplacesIt()
    {
        await context.Database.AddCompanyAsync("again");
        var first = await context.LoadAsync("again", "guide.md", "# Guide\n\nOur colour is vermilion.");
        var same = await context.LoadAsync("again", "guide.md", "# Guide\n\nOur colour is vermilion.");
        var second = await context.LoadAsync("again", "guide.md", "# Guide\n\nOur colour is turquoise.");

        Assert.Equal(("loaded", "unchanged", "replaced"), (Status(first), Status(same), Status(second)));
        Assert.Empty(await FindAsync("again", "vermilion"));
        Assert.Single(await FindAsync("again", "turquoise"));
        var documents = (await context.OkAsync(context.Operator(), "list_documents", new { client = "again" })).GetProperty("items");
        Assert.Equal("Guide", Assert.Single(documents.EnumerateArray()).GetProperty("title").GetString());
        Assert.Equal(0L, await context.Database.ScalarAsync<long>("select count(*) from agency.search_term where company_id = 'again' and lexeme like 'vermil%'"));
        Assert.Equal(1L, await context.Database.ScalarAsync<long>("select frequency from agency.search_term where company_id = 'again' and lexeme = ''"));
    }

    [Fact]
    public async Task Load_OfOneSourceByMany_LeavesOneWhole()
    {
        await context.Database.AddCompanyAsync("race");

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => context.LoadAsync("race", "r.md", $"# R\n\nversion number{n}\n\n# S\n\nversion number{n}")));

        Assert.Single(results, result => Status(result) == "loaded");
        Assert.Equal(2L, await context.Database.ScalarAsync<long>("select count(*) from agency.document_chunk where company_id = 'race'"));
        Assert.Equal(1L, await context.Database.ScalarAsync<long>("select count(distinct text) from agency.document_chunk where company_id = 'race'"));
        Assert.Equal(2L, await context.Database.ScalarAsync<long>("select frequency from agency.search_term where company_id = 'race' and lexeme = ''"));
    }

    [Fact]
    public async Task Load_OfTheFolder_TakesEveryTextAndReportsTheBadOnes()
    {
        await context.Database.AddCompanyAsync("folder");
        await context.WriteFileAsync("folder/a.md", "# A\n\nAlpha.");
        await context.WriteFileAsync("folder/deep/b.txt", "Beta.");
        await context.WriteFileAsync("folder/c.pdf", "not text");
        await context.WriteFileAsync("folder/empty.md", " \n");
        await File.WriteAllBytesAsync(Path.Combine(context.DocumentRoot, "folder/latin.md"), Encoding.Latin1.GetBytes("Größe"), TestContext.Current.CancellationToken);

        var result = await context.OkAsync(context.Company("folder"), "load_company_context", new { company_id = "folder" });

        Assert.Equal((2, 2), (result.GetProperty("loaded").GetInt32(), result.GetProperty("failed").GetInt32()));
        Assert.Equal(["empty.md", "latin.md", "a.md", "deep/b.txt"], ContextFixture.Each(result.GetProperty("documents"), "source"));
        Assert.Contains("not UTF-8", result.GetProperty("documents")[1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfAFolderThatIsNotThere_SaysSoAndSucceeds()
    {
        await context.Database.AddCompanyAsync("nofolder");

        var result = await context.OkAsync(context.Operator(), "load_company_context", new { company_id = "nofolder" });

        Assert.Contains("holds no", result.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../neighbour/secret.md", "invalid")]
    [InlineData("..", "invalid")]
    [InlineData("sub/../../neighbour/secret.md", "invalid")]
    [InlineData("./own.md", "invalid")]
    [InlineData("/etc/passwd", "invalid")]
    [InlineData("/etc/passwd.md", "invalid")]
    [InlineData("C:/secret.md", "invalid")]
    [InlineData("..\\neighbour\\secret.md", "invalid")]
    [InlineData("own.md\0.txt", "invalid")]
    [InlineData("sub//own.md", "invalid")]
    [InlineData(".. /neighbour/secret.md", "invalid")]
    [InlineData("notes.pdf", "invalid")]
    [InlineData("%2e%2e/neighbour/secret.md", "not_found")]
    [InlineData("..%2fneighbour%2fsecret.md", "not_found")]
    [InlineData("link.md", "not_found")]
    [InlineData("linked/secret.md", "not_found")]
    [InlineData("missing.md", "not_found")]
    public async Task Load_OfAPathOutOfTheFolder_ReadsNothing(string path, string kind)
    {
        await context.Database.AddCompanyAsync("paths");
        await context.Database.AddCompanyAsync("neighbour");
        await context.WriteFileAsync("paths/own.md", "Own.");
        await context.WriteFileAsync("neighbour/secret.md", "Secret.");
        Link("paths/link.md", "neighbour/secret.md", File.CreateSymbolicLink);
        Link("paths/linked", "neighbour", Directory.CreateSymbolicLink);

        var message = await context.FailAsync(context.Company("paths"), "load_company_context", new { company_id = "paths", path }, kind);
        var whole = await context.OkAsync(context.Company("paths"), "load_company_context", new { company_id = "paths" });

        Assert.DoesNotContain("Secret", message, StringComparison.Ordinal);
        Assert.Equal(["own.md"], ContextFixture.Each(whole.GetProperty("documents"), "source"));
    }

    [Fact]
    public async Task Load_OfACompanyFolderThatIsALink_ReadsNothing()
    {
        await context.Database.AddCompanyAsync("alias");
        await context.Database.AddCompanyAsync("target");
        await context.WriteFileAsync("target/secret.md", "Secret.");
        Link("alias", "target", Directory.CreateSymbolicLink);

        await context.FailAsync(context.Company("alias"), "load_company_context", new { company_id = "alias", path = "secret.md" }, "not_found");
    }

    [Fact]
    public async Task Load_OfAPath_KeepsItAsSource()
    {
        await context.Database.AddCompanyAsync("onepath");
        await context.WriteFileAsync("onepath/guides/brand.md", "\uFEFF# Brand\n\nMagenta.");

        var result = await context.OkAsync(context.Company("onepath"), "load_company_context", new { company_id = "onepath", path = "guides/brand.md" });

        var document = Assert.Single(result.GetProperty("documents").EnumerateArray());
        Assert.Equal(("guides/brand.md", "Brand"), (document.GetProperty("source").GetString(), document.GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("""{"content":"x"}""", "source_name")]
    [InlineData("""{"content":"x","path":"a.md","source_name":"a"}""", "not both")]
    [InlineData("""{"content":"a\u0000b","source_name":"a"}""", "U+0000")]
    [InlineData("""{"content":"  ","source_name":"a"}""", "empty")]
    [InlineData("""{"content":"x","source_name":"a\nb"}""", "control character")]
    public async Task Load_OfContentThatIsNoDocument_SaysWhatToDo(string arguments, string expected)
    {
        await context.Database.AddCompanyAsync("bad");
        var all = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments)!;
        all["company_id"] = JsonSerializer.SerializeToElement("bad");

        Assert.Contains(expected, await context.FailAsync(context.Operator(), "load_company_context", all, "invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_OfAFileOverTheLimit_IsRefused()
    {
        await context.Database.AddCompanyAsync("big");
        await context.WriteFileAsync("big/big.md", "");
        await using (var file = File.OpenWrite(Path.Combine(context.DocumentRoot, "big/big.md")))
        {
            file.SetLength((20 * 1024 * 1024) + 1);
        }

        Assert.Contains("20 MB", await context.FailAsync(context.Operator(), "load_company_context", new { company_id = "big", path = "big.md" }, "invalid"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DeleteDocument_OfOne_TakesItsPassagesAndCountsAlong()
    {
        await context.Database.AddCompanyAsync("gone");
        await context.LoadAsync("gone", "a.md", "Obsolete wisdom.");

        await context.OkAsync(context.Company("gone"), "delete_document", new { source = "a.md" });

        Assert.Empty(await FindAsync("gone", "wisdom"));
        Assert.Equal(0L, await context.Database.ScalarAsync<long>("select count(*) from agency.search_term where company_id = 'gone'"));
        await context.FailAsync(context.Company("gone"), "delete_document", new { source = "a.md" }, "not_found");
    }

    private async Task<IReadOnlyList<JsonElement>> FindAsync(string client, string query) =>
        [.. (await context.OkAsync(context.Operator(), "query_company_context", new { client, query })).GetProperty("passages").EnumerateArray()];

    private void Link(string at, string to, Func<string, string, FileSystemInfo> create)
    {
        var path = Path.Combine(context.DocumentRoot, at);
        if (!Path.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            create(path, Path.Combine(context.DocumentRoot, to));
        }
    }

    private static string? Status(JsonElement result) => result.GetProperty("documents")[0].GetProperty("status").GetString();
}
