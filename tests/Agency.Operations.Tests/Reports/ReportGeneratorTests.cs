using System.Text.Json;
using Agency.Data;
using ModelContextProtocol.Protocol;

namespace Agency.Operations.Tests.Reports;

public sealed class ReportGeneratorTests(ReportServer server) : IClassFixture<ReportServer>
{
    [Fact]
    public async Task Generate_LastWeek_StatesTheFiguresOfItsRuns()
    {
        await SeedAsync("acme", "Acme GmbH");

        var report = await server.AskAsync(server.OperatorToken, "generate_client_report", """{"client": "acme"}""");

        Assert.Equal("Weekly report for Acme GmbH, 16 to 22 November 2026", report.GetProperty("title").GetString());
        Assert.Equal("weekly", report.GetProperty("kind").GetString());
        Assert.Equal(ReportServer.At("2026-11-15T23:00Z"), report.GetProperty("period").GetProperty("from").GetDateTimeOffset());
        Assert.Equal(ReportServer.At("2026-11-22T23:00Z"), report.GetProperty("period").GetProperty("to").GetDateTimeOffset());
        Assert.Equal("Europe/Berlin", report.GetProperty("period").GetProperty("time_zone").GetString());
        var text = report.GetProperty("markdown").GetString()!;
        string[] lines =
        [
            "# Weekly report",
            "- **Client:** Acme GmbH",
            "- **Period:** 16 to 22 November 2026 (Europe/Berlin)",
            "- **By:** Example Agency",
            "| Scheduled | 8 | and 1 by hand |",
            "| Completed | 3 | of 8 scheduled |",
            "| Completion rate | 37.5 % | completed of scheduled |",
            "| SLA compliance | 28.6 % | 2 of 7 in time |", // in time: on the 16th twice; not: late, failed, three skipped
            "| Mean duration | 14 s | of 5 finished runs |", // (10 + 20 + 30 + 4 + 6) / 5
            "| Escalations | 1 | 1 unresolved now |",
            "| Fees (estimated) | 80.00 EUR | fixed 70.00 + runs 10.00 |", // 300 * 7 / 30, 4 * 2.50
            "| 16 Nov | 2 | 0 | 0 | 0 |", // the first was due at midnight sharp
            "| 18 Nov | 0 | 1 | 0 | 0 |",
            "| 19 Nov | 0 | 0 | 3 | 0 |",
            "| 20 Nov | 1 | 0 | 0 | 1 |",
            "| 22 Nov | 0 | 0 | 0 | 0 |",
            "| w-digest | weekly\\_digest | 5 | 1 | 0 | 3 | 1 | 25.0 % (1 of 4) |",
            "| w-sync | data\\_sync | 4 | 3 | 1 | 0 | 0 | 33.3 % (1 of 3) |",
            "| 19 Nov, 11:00 | w-digest | schedule | skipped × 3 | – | missed while the agency was not running, until 19 Nov, 13:00 |",
            "| 16 Nov, 00:00 | w-digest | schedule | succeeded | 4.0 s | |",
        ];
        Assert.All(lines, line => Assert.Contains(line, text.Replace("|  |", "| |", StringComparison.Ordinal).Split('\n')));
        Assert.Contains("8 runs were due by schedule. 3 succeeded (37.5 %), 1 failed, 3 were skipped, 1 was cancelled.", text, StringComparison.Ordinal);
        Assert.Contains("The CRM answered 503", text, StringComparison.Ordinal);
        Assert.Contains("resolved 18 Nov 2026, 12:00", text, StringComparison.Ordinal);
        Assert.Contains("Password renewed", text, StringComparison.Ordinal);
        Assert.DoesNotContain("outside", text, StringComparison.Ordinal);
        Assert.DoesNotContain("cost", text, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Generate_PeriodWithoutRuns_SaysSoAndInventsNothing()
    {
        await server.AddCompanyAsync("quiet", zone: "UTC");

        var text = (await server.AskAsync(server.OperatorToken, "generate_client_report", """{"client": "quiet", "period": "monthly"}"""))
            .GetProperty("markdown").GetString()!;

        Assert.Contains("No run was due by schedule or asked for by hand in this period", text, StringComparison.Ordinal);
        Assert.Contains("- **Period:** October 2026 (UTC)", text, StringComparison.Ordinal);
        Assert.Contains("| Completion rate | – |", text, StringComparison.Ordinal);
        Assert.Contains("| SLA compliance | – |", text, StringComparison.Ordinal);
        Assert.DoesNotContain("## Failures", text, StringComparison.Ordinal);
        Assert.DoesNotContain("100.0", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_WeekThatIsNotOver_SaysAsOfWhen()
    {
        await server.AddCompanyAsync("current");

        var report = await server.AskAsync(server.OperatorToken, "generate_client_report", """{"client": "current", "period": "this_week"}""");

        Assert.Equal("custom", report.GetProperty("kind").GetString());
        Assert.Contains("The period is not over: these figures are as of 25 Nov 2026, 10:00.", report.GetProperty("markdown").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_LongPeriodOfManyRuns_BoundsTableTextAndChart()
    {
        await server.AddCompanyAsync("busy", zone: "UTC");
        await server.AddWorkflowAsync("busy", "w");
        await server.Database.ExecuteAsync(
            """
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, finished_at, error_message)
            select 'busy', gen_random_uuid(), 'w', 'scheduled', at, 'failed', at, at, at, repeat('The import was refused. ', 40)
            from generate_series('2026-09-01'::timestamptz, '2026-10-30', '12 hours') as at
            """);

        var report = await server.AskAsync(
            server.OperatorToken, "generate_client_report", """{"client": "busy", "from": "2026-09-01", "to": "2026-11-01"}""");
        var (text, next) = (report.GetProperty("markdown").GetString()!, report.GetProperty("next_offset").GetInt32());
        var rest = "";
        for (int? at = next; at is { } offset;)
        {
            var part = await server.AskAsync(
                server.OperatorToken, "get_report", $$"""{"report_id": "{{report.GetProperty("report_id").GetString()}}", "offset": {{offset}}}""");
            rest += part.GetProperty("markdown").GetString();
            at = part.GetProperty("next_offset") is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : null;
        }

        Assert.InRange(text.Length, 1000, 8000);
        Assert.Equal(report.GetProperty("markdown_length").GetInt32(), (text + rest).Length);
        Assert.Contains("… and 69 more.", text + rest, StringComparison.Ordinal); // 119 runs
        Assert.Contains("… and 94 more.", text + rest, StringComparison.Ordinal);
        Assert.Contains("| 31 Aug |", text.Replace("1 Sep", "31 Aug", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("**Runs per week**", text, StringComparison.Ordinal);
        Assert.Contains("| 7 Sep | 0 | 14 | 0 |", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_Answer_HasTextAndResourceLinks()
    {
        await server.AddCompanyAsync("linked");

        var answer = await server.CallAsync(server.CompanyToken("linked"), "generate_client_report");

        var marked = ReportServer.TextOf(answer);
        Assert.StartsWith("<untrusted-data boundary=", marked, StringComparison.Ordinal);
        using var text = JsonDocument.Parse(marked[marked.IndexOf('{', StringComparison.Ordinal)..(marked.LastIndexOf('}') + 1)]);
        Assert.True(JsonElement.DeepEquals(answer.StructuredContent!.Value, text.RootElement));
        Assert.Equal(
            [answer.StructuredContent.Value.GetProperty("pdf_url").GetString(), answer.StructuredContent.Value.GetProperty("markdown_url").GetString()],
            answer.Content.OfType<ResourceLinkBlock>().Select(link => link.Uri));
        var id = answer.StructuredContent.Value.GetProperty("report_id").GetString();
        Assert.Equal([$"Report {id} of linked (PDF)", $"Report {id} of linked (Markdown)"], answer.Content.OfType<ResourceLinkBlock>().Select(link => link.Name));
    }

    [Theory]
    [InlineData("""{"client": "picky", "period": "weekly", "from": "2026-11-01"}""", "custom alone")]
    [InlineData("""{"client": "picky", "period": "custom"}""", "needs both ends")]
    [InlineData("""{"client": "picky", "from": "2026-11-01"}""", "needs both ends")]
    [InlineData("""{"client": "picky", "from": "yesterday", "to": "2026-11-01"}""", "from must be a date")]
    [InlineData("""{"client": "picky", "from": "2026-11-02", "to": "2026-11-01"}""", "earlier than to")]
    [InlineData("""{"client": "picky", "from": "2025-09-01", "to": "2026-11-01"}""", "longer than 400 days")]
    [InlineData("""{"client": "picky", "from": "2026-12-01", "to": "2026-12-02"}""", "not begun")]
    [InlineData("""{"client": "nobody"}""", "no client company 'nobody'")]
    [InlineData("{}", "client is missing")]
    public async Task Generate_UnusableArguments_SaysWhatToChange(string arguments, string says)
    {
        await server.AddCompanyAsync("picky");

        var answer = await server.CallAsync(server.OperatorToken, "generate_client_report", arguments);

        Assert.True(answer.IsError);
        Assert.Contains(says, ReportServer.TextOf(answer), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_ByARun_IsForItsCompanyAlone()
    {
        await server.AddCompanyAsync("running");
        await server.AddCompanyAsync("bystander");
        var token = server.Tokens.Run("operations", "running", RunId.New(server.Clock), "generate_client_report");

        var own = await server.AskAsync(token, "generate_client_report", """{"client": "running", "period": "weekly"}""");
        var other = await server.CallAsync(token, "generate_client_report", """{"client": "bystander", "period": "weekly"}""");

        Assert.Equal("running", own.GetProperty("client").GetString());
        Assert.True(other.IsError);
        Assert.Equal(0L, await server.Database.ScalarAsync<long>("select count(*) from agency.report where company_id = 'bystander'"));
    }

    private async Task SeedAsync(string company, string name)
    {
        await server.AddCompanyAsync(company, name);
        await server.AddWorkflowAsync(company, "w-sync");
        await server.AddWorkflowAsync(company, "w-digest", "weekly_digest", slaMinutes: 30);
        await server.AddRunAsync(company, "w-sync", "2026-11-16T08:00Z", "succeeded", finished: "2026-11-16T08:10Z", seconds: 10, summary: "12 rows");
        await server.AddRunAsync(company, "w-sync", "2026-11-17T08:00Z", "succeeded", finished: "2026-11-17T09:30Z", seconds: 20);
        await server.AddRunAsync(
            company, "w-sync", "2026-11-18T08:00Z", "failed", finished: "2026-11-18T08:30Z", seconds: 30, attempt: 3, error: "The CRM answered 503");
        await server.AddRunAsync(company, "w-digest", "2026-11-15T23:00Z", "succeeded", finished: "2026-11-15T23:05Z", seconds: 4);
        await server.AddRunAsync(
            company, "w-digest", "2026-11-19T10:00Z", "skipped", skipped: "missed", occurrences: 3, until: "2026-11-19T12:00Z", attempt: 0);
        await server.AddRunAsync(company, "w-digest", "2026-11-20T08:00Z", "cancelled", attempt: 0);
        await server.AddRunAsync(company, "w-sync", "2026-11-20T09:00Z", "succeeded", "manual", finished: "2026-11-20T09:01Z", seconds: 6);

        // Just before and just after the week.
        await server.AddRunAsync(company, "w-sync", "2026-11-15T22:59:59Z", "failed", error: "outside");
        await server.AddRunAsync(company, "w-sync", "2026-11-22T23:00Z", "failed", error: "outside");

        await server.AddEscalationAsync(company, "w-sync", "The CRM refuses us", "2026-11-18T09:00Z", "2026-11-18T11:00Z", "Password renewed");
        await server.AddEscalationAsync(company, "w-digest", "Nobody reads it", "2026-11-10T09:00Z");
        await server.AddEscalationAsync(company, "w-digest", "resolved outside", "2026-11-01T09:00Z", "2026-11-02T09:00Z", "done");
    }
}
