using System.Text.Json;

namespace Agency.Operations.Tests.Reports;

public sealed class ReportReaderTests(ReportServer server) : IClassFixture<ReportServer>
{
    [Fact]
    public async Task List_SeveralPages_GivesEachReportOnceNewestFirst()
    {
        await server.AddCompanyAsync("pages");
        var token = server.CompanyToken("pages");
        var made = new List<string>();
        foreach (var period in (string[])["weekly", "monthly", "this_week"])
        {
            server.Clock.Advance(TimeSpan.FromMilliseconds(1));
            made.Insert(0, Id(await server.AskAsync(token, "generate_client_report", $$"""{"period": "{{period}}"}""")));
        }

        var first = await server.AskAsync(token, "list_reports", """{"limit": 2}""");
        var second = await server.AskAsync(token, "list_reports", $$"""{"limit": 2, "cursor": "{{first.GetProperty("next_cursor").GetString()}}"}""");

        Assert.Equal(made, Ids(first).Concat(Ids(second)));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        Assert.Equal([made[1]], Ids(await server.AskAsync(token, "list_reports", """{"kind": "monthly"}""")));
    }

    [Fact]
    public async Task Reports_OfAnotherCompany_CannotBeSeen()
    {
        await server.AddCompanyAsync("owner");
        await server.AddCompanyAsync("stranger");
        var id = Id(await server.AskAsync(server.CompanyToken("owner"), "generate_client_report"));
        var stranger = server.CompanyToken("stranger");

        Assert.Empty(Ids(await server.AskAsync(stranger, "list_reports")));
        var byId = await server.CallAsync(stranger, "get_report", $$"""{"report_id": "{{id}}"}""");
        var unknown = await server.CallAsync(stranger, "get_report", $$"""{"report_id": "{{Guid.Empty}}"}""");
        Assert.True(byId.IsError);
        Assert.Equal(
            ReportServer.TextOf(unknown), ReportServer.TextOf(byId).Replace(id, Guid.Empty.ToString(), StringComparison.Ordinal));
        foreach (var (tool, more) in ((string, string)[])[("list_reports", ""), ("get_report", $", \"report_id\": \"{id}\""), ("generate_client_report", "")])
        {
            var named = await server.CallAsync(stranger, tool, $$"""{"client": "owner"{{more}}}""");
            Assert.True(named.IsError);
            Assert.Contains("no client company 'owner' for you", ReportServer.TextOf(named), StringComparison.Ordinal);
        }

        Assert.Equal(id, Id(await server.AskAsync(server.OperatorToken, "get_report", $$"""{"report_id": "{{id}}"}""")));
    }

    [Fact]
    public async Task Viewer_MayReadReportsAndMakeNone()
    {
        await server.AddCompanyAsync("viewed");
        var id = Id(await server.AskAsync(server.OperatorToken, "generate_client_report", """{"client": "viewed"}"""));
        var viewer = server.Tokens.Viewer("operations");

        Assert.True((await server.CallAsync(viewer, "generate_client_report", """{"client": "viewed"}""")).IsError);
        Assert.Contains(id, Ids(await server.AskAsync(viewer, "list_reports")));
    }

    [Fact]
    public async Task Get_ForThePdf_LeavesTheTextOut()
    {
        await server.AddCompanyAsync("terse");
        var token = server.CompanyToken("terse");
        var id = Id(await server.AskAsync(token, "generate_client_report"));

        var report = await server.AskAsync(token, "get_report", $$"""{"report_id": "{{id}}", "format": "pdf"}""");

        Assert.Equal(JsonValueKind.Null, report.GetProperty("markdown").ValueKind);
        Assert.True(report.GetProperty("pdf_bytes").GetInt64() > 1000);
        Assert.StartsWith($"http://operations.agency.test/reports/terse/{id}.pdf?", report.GetProperty("pdf_url").GetString(), StringComparison.Ordinal);
    }

    private static string Id(JsonElement report) => report.GetProperty("report_id").GetString()!;

    private static IEnumerable<string> Ids(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(Id);
}
