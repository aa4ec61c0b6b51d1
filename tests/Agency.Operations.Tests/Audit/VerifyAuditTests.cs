namespace Agency.Operations.Tests.Audit;

/// <summary>Each test spoils a chain as somebody with every right to the database could, and is told where.</summary>
public sealed class VerifyAuditTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Chains_ThatNobodyTouched_AreUnbroken()
    {
        await ChainAsync("whole");

        var verdict = await operations.ViewerAsync("verify_audit", """{"client":"whole"}""");

        Assert.Equal(("True", "1", "5"), (verdict.Of("unbroken"), verdict.Of("chains"), verdict.Of("entries")));
        Assert.Equal(("whole", "5"), (verdict.Of("heads.0.client"), verdict.Of("heads.0.seq")));
    }

    [Theory]
    [InlineData("actor", "'nobody'")]
    [InlineData("at", "at + interval '1 microsecond'")]
    [InlineData("outcome", "'denied'")]
    [InlineData("outcome", "'x'")]
    [InlineData("before", "null")]
    [InlineData("after", "after || ' '")]
    [InlineData("target", "''")]
    [InlineData("trace_id", "upper(trace_id)")]
    public async Task Chain_WithAChangedField_IsChangedThere(string column, string value)
    {
        var client = $"changed-{column}-{value.Length}";
        await ChainAsync(client);
        await TamperAsync($"update agency.audit_log set {column} = {value} where chain = '{client}' and seq = 3");

        await AssertBrokenAsync(client, "changed", 3, "Entry 3 is not what was written");
        Assert.Equal(5, (await operations.ViewerAsync("list_audit_log", $$"""{"client":"{{client}}","details":true}"""))["items"].GetArrayLength());
    }

    [Fact]
    public async Task Chain_WithoutAMiddleRow_MissesIt()
    {
        await ChainAsync("middle");
        await TamperAsync("delete from agency.audit_log where chain = 'middle' and seq = 3");

        await AssertBrokenAsync("middle", "missing", 3, "Entry 3 is missing");
    }

    [Fact]
    public async Task Chain_WithoutItsTail_IsTruncated()
    {
        await ChainAsync("tail");
        await TamperAsync("delete from agency.audit_log where chain = 'tail' and seq >= 4");

        await AssertBrokenAsync("tail", "truncated", 4, "Entries 4 to 5 are missing at the end");
    }

    [Fact]
    public async Task Chain_WithoutAnyRow_IsTruncated()
    {
        await ChainAsync("emptied");
        await TamperAsync("delete from agency.audit_log where chain = 'emptied'");

        await AssertBrokenAsync("emptied", "truncated", 1, "Entries 1 to 5 are missing");
    }

    [Fact]
    public async Task Chain_WithTwoRowsSwapped_SaysWhichWereMoved()
    {
        await ChainAsync("swapped");
        await TamperAsync("""
            update agency.audit_log set seq = -2 where chain = 'swapped' and seq = 2;
            update agency.audit_log set seq = 2 where chain = 'swapped' and seq = 4;
            update agency.audit_log set seq = 4 where chain = 'swapped' and seq = -2;
            """);

        var verdict = await operations.OperatorAsync("verify_audit", """{"client":"swapped"}""");

        Assert.Equal("False", verdict.Of("unbroken"));
        Assert.Contains("Entry 2 was written as entry 4.", verdict.Text, StringComparison.Ordinal);
        Assert.Contains("Entry 4 was written as entry 2.", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chain_WithAForgedRowAtItsEnd_SaysThatItWasNeverAppended()
    {
        await ChainAsync("forged");
        await TamperAsync($"""
            insert into agency.audit_log (chain, seq, company_id, at, actor, role, server, action, outcome, previous_hash, hash)
            select 'forged', 6, 'forged', l.at, 'x', 'operator', 'operations', 'nothing', 'done', l.hash, {Hash("6", "l.at", "l.hash")}
            from agency.audit_log l where chain = 'forged' and seq = 5
            """);

        await AssertBrokenAsync("forged", "forged", 6, "were never appended");
    }

    [Fact]
    public async Task Chain_WithARowPutInPlaceOfAnother_DoesNotFollow()
    {
        await ChainAsync("replaced");
        await TamperAsync($"""
            with gone as (delete from agency.audit_log where chain = 'replaced' and seq = 3 returning at, previous_hash)
            insert into agency.audit_log (chain, seq, company_id, at, actor, role, server, action, outcome, previous_hash, hash)
            select 'replaced', 3, 'replaced', at, 'x', 'operator', 'operations', 'nothing', 'done', previous_hash, {Hash("3", "at", "previous_hash", "replaced")} from gone
            """);

        await AssertBrokenAsync("replaced", "forged", 4, "does not follow from entry 3");
    }

    [Fact]
    public async Task Chain_WrittenAnewWithItsHead_IsFoundByANotedHead()
    {
        await ChainAsync("anew");
        var noted = await operations.OperatorAsync("verify_audit", """{"client":"anew"}""");
        var (seq, hash) = (noted.Of("heads.0.seq"), noted.Of("heads.0.hash"));
        var arguments = $$"""{"client":"anew","noted_seq":{{seq}},"noted_hash":"{{hash}}"}""";
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit", arguments)).Of("unbroken"));

        await TamperAsync("delete from agency.audit_log where chain = 'anew'; delete from agency.audit_head where chain = 'anew'");
        await operations.OperatorAsync("update_workflow_status", """{"id":"w-anew","status":"completed"}""");
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit", """{"client":"anew"}""")).Of("unbroken"));
        Assert.Equal(("False", "truncated"), await ProblemAsync(arguments));

        foreach (var status in (string[])["active", "paused", "active", "paused"])
        {
            await operations.OperatorAsync("update_workflow_status", $$"""{"id":"w-anew","status":"{{status}}"}""");
        }

        Assert.Equal(("False", "rewritten"), await ProblemAsync(arguments));
    }

    [Theory]
    [InlineData("""{"client":"nobody"}""", "not_found", "nobody")]
    [InlineData("""{"noted_seq":1}""", "invalid", "go together")]
    [InlineData("""{"client":"whole","agency_wide":true}""", "invalid", "agency_wide")]
    public async Task Verify_AskedWrongly_SaysWhat(string arguments, string kind, string says) =>
        (await operations.OperatorAsync("verify_audit", arguments)).IsFailure(kind, says);

    private async Task<(string?, string?)> ProblemAsync(string arguments)
    {
        var verdict = await operations.OperatorAsync("verify_audit", arguments);
        return (verdict.Of("unbroken"), verdict.Of("problems.0.kind"));
    }

    private async Task AssertBrokenAsync(string client, string kind, int seq, string says)
    {
        var verdict = await operations.OperatorAsync("verify_audit", $$"""{"client":"{{client}}"}""");
        Assert.Equal(("False", kind, $"{seq}"), (verdict.Of("unbroken"), verdict.Of("problems.0.kind"), verdict.Of("problems.0.seq")));
        Assert.Contains(says, verdict.Of("problems.0.message"), StringComparison.Ordinal);
        Assert.Equal(1, verdict["problems"].GetArrayLength());

        // And among all the others it is found as well.
        Assert.Contains((await operations.OperatorAsync("verify_audit"))["problems"].EnumerateArray(), p => p.GetProperty("client").GetString() == client);
    }

    private static string Hash(string seq, string at, string previous, string client = "forged") => $"""
        agency.audit_hash({previous}, array['{client}', '{seq}', floor(extract(epoch from {at}) * 1000000)::bigint::text, '{client}', 'x', 'operator', null, 'operations', 'nothing',
            null, 'done', null, null, null, null, null])
        """;

    private Task TamperAsync(string sql) => operations.Database.ExecuteAsync($"set session_replication_role = replica; {sql}");

    private async Task ChainAsync(string client)
    {
        await operations.Database.AddCompanyAsync(client);
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"@daily"}""");
        foreach (var status in (string[])["paused", "active", "paused", "active"])
        {
            await operations.OperatorAsync("update_workflow_status", $$"""{"id":"w-{{client}}","status":"{{status}}"}""");
        }
    }
}
