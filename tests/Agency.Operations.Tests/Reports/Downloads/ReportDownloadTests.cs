using System.Net;
using System.Text.Json;
using Agency.Data;
using UglyToad.PdfPig;

namespace Agency.Operations.Tests.Reports.Downloads;

public sealed class ReportDownloadTests(ReportServer server) : IClassFixture<ReportServer>
{
    private const string JapaneseName = "株式会社";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Link_FromATool_GivesThePdfWithTheClientsName()
    {
        var report = await GenerateAsync("kabushiki", JapaneseName);

        using var response = await GetAsync(report, "pdf_url");
        var pdf = await response.Content.ReadAsByteArrayAsync(Token);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/pdf", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(report.GetProperty("pdf_bytes").GetInt64(), pdf.Length);
        using var document = PdfDocument.Open(pdf);
        Assert.Contains(JapaneseName, string.Concat(document.GetPages().Select(page => page.Text)), StringComparison.Ordinal);
        var disposition = response.Content.Headers.ContentDisposition!;
        Assert.Equal("attachment", disposition.DispositionType);
        Assert.Equal($"{report.GetProperty("title").GetString()}.pdf", disposition.FileNameStar);
        Assert.Contains(JapaneseName, disposition.FileNameStar, StringComparison.Ordinal);
        Assert.True(response.Headers.CacheControl is { Private: true, NoStore: true });
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Link_ToMarkdown_GivesTheWholeText()
    {
        var report = await GenerateAsync("text");

        using var response = await GetAsync(report, "markdown_url");

        Assert.Equal("text/markdown", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("utf-8", response.Content.Headers.ContentType?.CharSet);
        Assert.Equal(report.GetProperty("markdown").GetString(), await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Link_AfterSevenDays_IsGone()
    {
        var report = await GenerateAsync("late");
        var expireAt = report.GetProperty("links_expire_at").GetDateTimeOffset();
        Assert.Equal(server.Clock.GetUtcNow().AddDays(7), expireAt, TimeSpan.FromSeconds(1));

        server.Clock.SetUtcNow(expireAt.AddSeconds(-1));
        using var before = await GetAsync(report, "pdf_url");
        server.Clock.SetUtcNow(expireAt);
        using var after = await GetAsync(report, "pdf_url");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Link_OfAFrozenClient_OpensNothing()
    {
        var report = await GenerateAsync("frozen");
        using var before = await GetAsync(report, "pdf_url");
        await server.Database.ExecuteAsync(
            """
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
            values (gen_random_uuid(), 'frozen', 'freeze', now(), 'r', 'x', now())
            """);
        server.Clock.Advance(TimeSpan.FromSeconds(2)); // The list of who is frozen is read anew.

        using var after = await GetAsync(report, "pdf_url");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (before.StatusCode, after.StatusCode));
    }

    [Fact]
    public async Task Link_ChangedInAnyPart_IsAnsweredAsAnUnknownReport()
    {
        var report = await GenerateAsync("mine");
        var other = await GenerateAsync("theirs");
        var url = new Uri(report.GetProperty("pdf_url").GetString()!).PathAndQuery;
        var (id, otherId) = (report.GetProperty("report_id").GetString()!, other.GetProperty("report_id").GetString()!);
        var expires = report.GetProperty("links_expire_at").GetDateTimeOffset().ToUnixTimeSeconds();
        var signature = url[(url.IndexOf("signature=", StringComparison.Ordinal) + "signature=".Length)..];
        var expected = await AnswerAsync($"/reports/mine/{Guid.Empty}.pdf");
        Assert.StartsWith("NotFound", expected, StringComparison.Ordinal);

        Assert.All(
            await Task.WhenAll(((string[])
            [
                url.Replace($"expires={expires}", $"expires={expires + 1}", StringComparison.Ordinal),
                url.Replace($"expires={expires}", "expires=", StringComparison.Ordinal),
                url.Replace(signature, (signature[0] == 'A' ? "B" : "A") + signature[1..], StringComparison.Ordinal),
                url.Replace(signature, "", StringComparison.Ordinal),
                url.Replace(".pdf", ".md", StringComparison.Ordinal),
                url.Replace(id, otherId, StringComparison.Ordinal),
                url.Replace($"mine/{id}", $"theirs/{otherId}", StringComparison.Ordinal),
                url.Replace("/mine/", "/theirs/", StringComparison.Ordinal),
                url.Replace("/mine/", "/MINE/", StringComparison.Ordinal),
                $"/reports/mine/{id}.pdf",
                $"/reports/mine/{id}.exe",
                "/reports/mine/nonsense.pdf",
            ]).Select(path => AnswerAsync(path))),
            answer => Assert.Equal(expected, answer));
    }

    [Fact]
    public async Task Token_OpensTheReportsOfItsOwnCompanyAlone()
    {
        var report = await GenerateAsync("tokened");
        await server.AddCompanyAsync("foreign");
        var path = $"/reports/tokened/{report.GetProperty("report_id").GetString()}.pdf";

        async Task<HttpStatusCode> StatusAsync(string token)
        {
            using var client = server.Server.CreateHttpClient(token);
            using var response = await client.GetAsync(path, Token);
            return response.StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server.CompanyToken("tokened")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server.OperatorToken));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server.Tokens.Viewer("operations")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server.Tokens.Run("operations", "tokened", RunId.New(server.Clock), "get_report")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(server.Tokens.Run("operations", "tokened", RunId.New(server.Clock), "list_runs")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(server.CompanyToken("foreign")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(server.Tokens.Company("context", "tokened")));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync("nonsense"));
    }

    private async Task<JsonElement> GenerateAsync(string company, string? name = null)
    {
        await server.AddCompanyAsync(company, name);
        return await server.AskAsync(server.CompanyToken(company), "generate_client_report");
    }

    /// <summary>The link is made of the public address; the server under test listens elsewhere.</summary>
    private async Task<HttpResponseMessage> GetAsync(JsonElement report, string link)
    {
        using var client = server.Server.CreateHttpClient();
        return await client.GetAsync(new Uri(report.GetProperty(link).GetString()!).PathAndQuery, Token);
    }

    private async Task<string> AnswerAsync(string path)
    {
        using var client = server.Server.CreateHttpClient();
        using var response = await client.GetAsync(path, Token);
        using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Token));
        return $"{response.StatusCode} {response.Headers.CacheControl} {body.RootElement.GetProperty("title")} {body.RootElement.GetProperty("detail")}";
    }
}
