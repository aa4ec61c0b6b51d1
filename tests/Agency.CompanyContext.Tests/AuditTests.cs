namespace Agency.CompanyContext.Tests;

public sealed class AuditTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    [Fact]
    public async Task Content_ThatIsChanged_LeavesAnEntryWithoutItsText()
    {
        await context.Database.AddCompanyAsync("private");
        var token = context.Company("private");
        await context.OkAsync(token, "remember", new { text = "zebra-1 was seen" });
        await context.LoadAsync("private", "zebra.md", "# zebra-2\n\nzebra-3 text");
        await context.LoadAsync("private", "zebra.md", "# zebra-2\n\nzebra-4 text");
        await context.OkAsync(token, "update_company_profile", new { summary = "zebra-5 Ltd", goals = new[] { "zebra-6" } });
        await context.OkAsync(token, "save_sop", new { markdown = ContextFixture.Procedure("own", "zebra-7") });
        await context.OkAsync(token, "delete_sop", new { name = "own" });
        await context.OkAsync(token, "delete_document", new { source = "zebra.md" });

        Assert.Equal(
            "remember,load_company_context,load_company_context,update_company_profile,save_sop,delete_sop,delete_document",
            await context.Database.ScalarAsync<string>("select string_agg(action, ',' order by seq) from agency.audit_log where chain = 'private' and outcome = 'done' and server = 'context'"));
        Assert.Equal(0, await context.Database.ScalarAsync<long>("select count(*) from agency.audit_log l where to_jsonb(l)::text ~ 'zebra-[0-9]'"));
        Assert.Equal(7, await context.Database.ScalarAsync<long>("select count(*) from agency.audit_log where chain = 'private'"));
    }

    [Fact]
    public async Task Content_ThatIsRefused_IsNotQuoted()
    {
        await context.Database.AddCompanyAsync("quoted");
        var token = context.Company("quoted");
        await context.FailAsync(token, "save_sop", new { markdown = "---\nname: zebra-8\n---\n\nzebra-9" }, "invalid");
        await context.FailAsync(token, "remember", new { text = "fine", tags = new[] { new string('z', 500) + "zebra-9" } }, "invalid");
        await context.OkAsync(token, "remember", new { text = "fine", tags = new[] { "zebra-0" } });

        Assert.Equal(
            "save_sop invalid,remember invalid,remember -",
            await context.Database.ScalarAsync<string>("select string_agg(action || ' ' || coalesce(error, '-'), ',' order by seq) from agency.audit_log where chain = 'quoted'"));
        Assert.Equal(0, await context.Database.ScalarAsync<long>("select count(*) from agency.audit_log l where to_jsonb(l)::text ~ 'zebra-[0-9]'"));
    }

    [Fact]
    public async Task Client_ThatIsMade_IsNamedInTheEntryOfItsMaking()
    {
        await context.OkAsync(context.Operator(), "init_company", new { company_id = "made", name = "Made Ltd" });

        Assert.True(await context.Database.ScalarAsync<bool>(
            "select c.xmin = l.xmin from agency.company c, agency.audit_log l where c.company_id = 'made' and l.chain = 'made' and l.seq = 1 and l.target = 'client made'"));
    }

    [Fact]
    public async Task Client_ThatIsFrozen_IsRefusedHereToo()
    {
        await context.Database.AddCompanyAsync("cold");
        await context.Database.ExecuteAsync("""
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, reason, created_by, created_at)
            values (gen_random_uuid(), 'cold', 'freeze', now(), 'r', 'x', now())
            """);

        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while ((await context.CallAsync(context.Company("cold"), "recall", new { })).IsError is not true)
        {
            Assert.True(time.GetElapsedTime(start) < TimeSpan.FromSeconds(30), "A frozen client's token still works.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, TestContext.Current.CancellationToken);
        }

        Assert.Contains("frozen by the agency", await context.FailAsync(context.Company("cold"), "remember", new { text = "x" }, "forbidden"), StringComparison.Ordinal);
    }
}
