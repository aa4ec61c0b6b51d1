using System.Text.Json;
using Agency.Data;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Tests.Audit;

public sealed class AuditLogTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Change_ThroughATool_IsWrittenWithWhatWasAndWhatBecame()
    {
        await WorkflowAsync("changed");
        await operations.CompanyAsync("changed", "update_workflow_status", """{"id":"w-changed","status":"paused","message":"holidays"}""");

        var entry = await LatestAsync("changed");

        Assert.Equal(("test", "company", "operations", "update_workflow_status", "done"), (Of(entry, "actor"), Of(entry, "role"), Of(entry, "server"), Of(entry, "action"), Of(entry, "outcome")));
        Assert.Equal("workflow w-changed", Of(entry, "target"));
        Assert.Equal("holidays", entry.GetProperty("arguments").GetProperty("message").GetString());
        Assert.Equal("active", entry.GetProperty("before")[0].GetProperty("values").GetProperty("status").GetString());
        Assert.Equal("paused", entry.GetProperty("after")[0].GetProperty("values").GetProperty("status").GetString());
        Assert.Matches("^[0-9a-f]{32}$", Of(entry, "trace_id")!);
        Assert.Equal(2, entry.GetProperty("seq").GetInt64());
    }

    [Fact]
    public async Task Change_ByAStatement_IsWrittenInItsTransaction()
    {
        await WorkflowAsync("stated");
        var run = (await operations.OperatorAsync("run_workflow_now", """{"id":"w-stated"}""")).Of("run.run_id");
        await operations.OperatorAsync("cancel_run", $$"""{"run_id":"{{run}}","reason":"not wanted"}""");

        var entry = await LatestAsync("stated");

        Assert.Equal(("cancel_run", $"run_id={run}", "done"), (Of(entry, "action"), Of(entry, "target"), Of(entry, "outcome")));

        // The same transaction wrote the mark and the entry.
        Assert.True(await operations.Database.ScalarAsync<bool>("""
            select r.xmin = l.xmin from agency.run r, agency.audit_log l where r.company_id = 'stated' and l.chain = 'stated' and l.action = 'cancel_run'
            """));
    }

    [Fact]
    public async Task Change_ThatCannotBeAudited_DoesNotHappen()
    {
        await WorkflowAsync("bound");
        await operations.Database.ExecuteAsync("alter table agency.audit_log add constraint broken check (chain <> 'bound') not valid");
        try
        {
            (await operations.OperatorAsync("update_workflow_status", """{"id":"w-bound","status":"paused"}""")).IsFailure("internal", "for a reason of ours");
            (await operations.OperatorAsync("run_workflow_now", """{"id":"w-bound"}""")).IsFailure("internal", "for a reason of ours");
        }
        finally
        {
            await operations.Database.ExecuteAsync("alter table agency.audit_log drop constraint broken");
        }

        Assert.Equal("active", await operations.Database.ScalarAsync<string>("select status from agency.workflow where company_id = 'bound'"));
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.run where company_id = 'bound'"));
    }

    [Fact]
    public async Task Refusal_OfAnotherClient_IsDeniedInTheCallersChainAlone()
    {
        await WorkflowAsync("curious");
        await WorkflowAsync("other");
        var before = await CountAsync("other");

        await operations.CompanyAsync("curious", "list_runs", """{"client":"other"}""");
        var read = await LatestAsync("curious");
        await operations.CompanyAsync("curious", "pause_work", """{"reason":"r"}""");
        var staff = await LatestAsync("curious");

        Assert.Equal(("list_runs", "denied"), (Of(read, "action"), Of(read, "outcome")));
        Assert.Equal("other", read.GetProperty("arguments").GetProperty("client").GetString());
        Assert.Equal(("pause_work", "denied"), (Of(staff, "action"), Of(staff, "outcome")));
        Assert.Equal(before, await CountAsync("other"));
    }

    [Fact]
    public async Task Refusals_BeyondWhatIsWrittenOneByOne_AreCounted()
    {
        const int calls = 70;
        await WorkflowAsync("flooding");
        await using (var server = await operations.StartServerAsync())
        {
            var client = await server.ConnectAsync(operations.Tokens.Company("operations", "flooding"));
            for (var i = 0; i < calls; i++)
            {
                (await client.AskAsync("list_runs", """{"client":"other"}""")).IsFailure("not_found", "other");
            }
        }

        // However slow the machine: a minute's share begins anew at most once in that time, or the test says so.
        var listed = await operations.Database.ScalarAsync<long>("select count(*) from agency.audit_log where chain = 'flooding' and action = 'list_runs'");
        Assert.InRange(listed, 30, 60);
        Assert.Equal(calls - listed, await operations.Database.ScalarAsync<long>(
            "select sum((arguments::jsonb ->> 'denied')::int)::bigint from agency.audit_log where chain = 'flooding' and action = 'further_calls' and outcome = 'denied'"));
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit", """{"client":"flooding"}""")).Of("unbroken"));
    }

    [Fact]
    public async Task Refusal_WithMuchText_IsWrittenWithoutIt()
    {
        await WorkflowAsync("wordy");
        var much = string.Join(',', Enumerable.Range(0, 9).Select(i => $"\"{i:00}{new string('x', 150)}\":1"));
        (await operations.CompanyAsync("wordy", "register_workflow", $$$"""{"type":"t","client":"other","inputs":{ {{{much}}} }}""")).IsFailure("not_found", "other");

        var entry = await LatestAsync("wordy");

        Assert.Equal(("register_workflow", "denied"), (Of(entry, "action"), Of(entry, "outcome")));
        Assert.InRange(entry.GetProperty("arguments").GetProperty("left_out_chars").GetInt32(), 1025, 2000);
    }

    [Fact]
    public async Task Failure_OfAChange_IsWrittenAndReadingIsNot()
    {
        await WorkflowAsync("failing");
        var before = await CountAsync("failing");

        await operations.CompanyAsync("failing", "list_workflows");
        await operations.CompanyAsync("failing", "get_workflow", """{"id":"nothing"}""");
        Assert.Equal(before, await CountAsync("failing"));

        await operations.CompanyAsync("failing", "update_workflow_status", """{"id":"nothing","status":"paused"}""");
        var entry = await LatestAsync("failing");
        Assert.Equal(("failed", "id=nothing"), (Of(entry, "outcome"), Of(entry, "target")));
        Assert.StartsWith("not_found:", Of(entry, "error"), StringComparison.Ordinal);

        await operations.CompanyAsync("failing", "update_workflow_status", """{"id":"w-failing","status":"paused","passwort":"hunter2"}""");
        Assert.Equal("(unknown argument)", (await LatestAsync("failing")).GetProperty("arguments").GetProperty("passwort").GetString());
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.audit_log where to_jsonb(audit_log)::text like '%hunter2%'"));
    }

    [Fact]
    public async Task Token_IssuedAndRevoked_StandsInItsClientsChainWithoutTheSecret()
    {
        await operations.Database.AddCompanyAsync("tokens");
        var issued = await operations.OperatorAsync("issue_token", """{"role":"company","client":"tokens"}""");
        await operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{issued.Of("token_id")}}"}""");

        var entries = (await operations.OperatorAsync("list_audit_log", """{"client":"tokens","details":true}"""))["items"];

        Assert.Equal(["revoke_token", "issue_token"], entries.EnumerateArray().Select(e => Of(e, "action")));
        Assert.DoesNotContain(issued.Of("token")!, entries.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.audit_log where to_jsonb(audit_log)::text like '%' || $1 || '%'", issued.Of("token")!));
    }

    [Fact]
    public async Task Import_ForSeveralClients_WritesEachOfThemItsOwn()
    {
        var content = JsonSerializer.Serialize("""
            [{"id":"i1","client":"first","type":"t","status":"active","schedule":"@daily"},{"id":"i2","client":"second","type":"t","status":"active","schedule":"@daily"}]
            """);
        await operations.OperatorAsync("import_workflows", $$"""{"content":{{content}}}""");

        foreach (var (client, own, others) in new[] { ("first", "i1", "i2"), ("second", "i2", "i1") })
        {
            var entry = await LatestAsync(client);
            Assert.Equal(("import_workflows", "done"), (Of(entry, "action"), Of(entry, "outcome")));
            Assert.Contains(own, entry.GetRawText(), StringComparison.Ordinal);
            Assert.Contains(entry.GetProperty("after").EnumerateArray(), after => after.TryGetProperty("client", out var made) && made.GetString() == client);
            Assert.DoesNotContain(others, entry.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task ListAuditLog_Filtered_ShowsWhatWasAskedForPageByPage()
    {
        await WorkflowAsync("paged");
        foreach (var status in new[] { "paused", "active", "paused" })
        {
            await operations.OperatorAsync("update_workflow_status", $$"""{"id":"w-paged","status":"{{status}}"}""");
        }

        var first = await operations.ViewerAsync("list_audit_log", """{"client":"paged","action":"update_workflow_status","limit":2}""");
        var second = await operations.ViewerAsync("list_audit_log", $$"""{"client":"paged","action":"update_workflow_status","limit":2,"cursor":"{{first.Of("next_cursor")}}"}""");

        Assert.Equal([4, 3], first["items"].EnumerateArray().Select(e => e.GetProperty("seq").GetInt32()));
        Assert.Equal([2], second["items"].EnumerateArray().Select(e => e.GetProperty("seq").GetInt32()));
        Assert.Null(second.Of("next_cursor"));
        Assert.Empty((await operations.OperatorAsync("list_audit_log", """{"client":"paged","outcome":"denied"}"""))["items"].EnumerateArray());
        Assert.Empty((await operations.OperatorAsync("list_audit_log", """{"client":"paged","actor":"nobody"}"""))["items"].EnumerateArray());
        Assert.Empty((await operations.OperatorAsync("list_audit_log", """{"client":"paged","to":"2020-01-01T00:00:00Z"}"""))["items"].EnumerateArray());
        (await operations.CompanyAsync("paged", "list_audit_log")).IsFailure("forbidden", "operator");
        (await operations.OperatorAsync("list_audit_log", """{"from":"soon"}""")).IsFailure("invalid", "from must be");
    }

    [Fact]
    public async Task Log_ByTheServicesLogins_IsAppendOnly()
    {
        await WorkflowAsync("kept");
        foreach (var login in new[] { "operations_agency", "operations_tenant", "context_agency", "scheduler_agency" })
        {
            foreach (var sql in new[]
            {
                "update agency.audit_log set actor = 'nobody'", "delete from agency.audit_log", "truncate agency.audit_log", "delete from agency.audit_head",
                "insert into agency.audit_head (chain, seq, hash) values ('*', 9, '')", "update agency.audit_head set seq = 9",
                "alter table agency.audit_log disable trigger all", "select agency.audit_hash(''::bytea, array['x'])",
            })
            {
                var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ExecuteAsAsync(login, sql));
                Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }
        }

        // With every right, the trigger still has to be taken away first.
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => operations.Database.ExecuteAsync("update agency.audit_log set actor = 'nobody'"));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => operations.Database.ExecuteAsync("truncate agency.audit_log"));
    }

    [Fact]
    public async Task Append_ByATenantForAnotherCompany_IsRefused()
    {
        await operations.Database.AddCompanyAsync("forger");
        await operations.Database.AddCompanyAsync("victim");
        await using var context = operations.Database.As("operations").OpenTenant(new CompanyId("forger"));

        foreach (var company in new[] { "victim", "" })
        {
            var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => context.Database.ExecuteSqlAsync(
                $"select append_audit(nullif({company}, ''), 'x', 'company', null, 's', 'a', null, 'done', null, null, null, null, null)", TestContext.Current.CancellationToken));
            Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
        }
    }

    [Fact]
    public async Task Chain_WrittenByManyAtOnce_HasNoGaps()
    {
        await WorkflowAsync("busy");
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => operations.OperatorAsync("run_workflow_now", $$"""{"id":"w-busy","idempotency_key":"k{{i}}"}""")));

        Assert.Equal(41, await CountAsync("busy"));
        Assert.Equal("True", (await operations.OperatorAsync("verify_audit", """{"client":"busy"}""")).Of("unbroken"));
    }

    private static string? Of(JsonElement entry, string name) => entry.GetProperty(name).GetString();

    private async Task<JsonElement> LatestAsync(string client) =>
        (await operations.OperatorAsync("list_audit_log", $$"""{"client":"{{client}}","details":true,"limit":1}"""))["items"][0];

    private Task<long> CountAsync(string client) => operations.Database.ScalarAsync<long>("select count(*) from agency.audit_log where chain = $1", client);

    private async Task ExecuteAsAsync(string login, string sql)
    {
        await using var connection = new Npgsql.NpgsqlConnection(operations.Database.ConnectionString(login));
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task WorkflowAsync(string client)
    {
        await operations.Database.AddCompanyAsync(client);
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"@daily"}""");
    }
}
