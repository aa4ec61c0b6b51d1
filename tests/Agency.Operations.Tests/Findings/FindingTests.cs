namespace Agency.Operations.Tests.Findings;

public sealed class FindingTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task ListFindings_ShowsOpenOnesNewestFirst_AndNarrowsThem()
    {
        await operations.Database.AddCompanyAsync("one");
        await operations.Database.AddCompanyAsync("two");
        await operations.Database.ExecuteAsync("""
            insert into agency.finding (finding_id, kind, company_id, subject, message, opened_at, seen_at, closed_at) values
                (gen_random_uuid(), 'stuck_run', 'one', 'a', 'stuck', now() - interval '3 minutes', now(), null),
                (gen_random_uuid(), 'overdue_workflow', 'two', 'b', 'overdue', now() - interval '2 minutes', now(), null),
                (gen_random_uuid(), 'queue_grows', null, '', 'grows', now() - interval '1 minute', now(), null),
                (gen_random_uuid(), 'company_at_cap', 'one', '', 'capped', now() - interval '1 hour', now(), now())
            """);

        Assert.Equal(["grows", "overdue", "stuck"], await MessagesAsync("{}"));
        Assert.Equal(["grows", "stuck"], await MessagesAsync("""{"client":"one"}"""));
        Assert.Equal(["grows", "stuck", "capped"], await MessagesAsync("""{"client":"one","include_closed":true}"""));
        Assert.Equal(["overdue"], await MessagesAsync("""{"kind":"overdue_workflow"}"""));
        var page = await operations.ViewerAsync("list_findings", """{"limit":2}""");
        Assert.Equal(["stuck"], await MessagesAsync($$"""{"limit":2,"cursor":"{{page.Of("next_cursor")}}"}"""));
        Assert.Equal(("queue_grows", null, ""), (page.Of("items.0.kind"), page.Of("items.0.client"), page.Of("items.0.subject")));
        (await operations.OperatorAsync("list_findings", """{"client":"nobody"}""")).IsFailure("not_found", "nobody");
    }

    private async Task<List<string?>> MessagesAsync(string arguments) =>
        [.. (await operations.OperatorAsync("list_findings", arguments))["items"].EnumerateArray().Select(f => f.GetProperty("message").GetString())];
}
