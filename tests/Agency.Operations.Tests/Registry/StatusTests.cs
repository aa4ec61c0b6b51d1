using Agency.Testing;

namespace Agency.Operations.Tests.Registry;

public sealed class StatusTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Resume_AfterAPause_LeavesWhatCameDueToThePlanner()
    {
        await WorkflowAsync("resumed", "0 9 * * 1");
        await operations.OperatorAsync("update_workflow_status", """{"id":"w-resumed","status":"paused","message":"holidays"}""");
        Assert.Equal("holidays", (await operations.OperatorAsync("get_workflow", """{"id":"w-resumed"}""")).Of("workflow.status_message"));
        await operations.Database.ExecuteAsync("update agency.workflow set next_run = now() - interval '3 weeks' where company_id = 'resumed'");

        var answer = await operations.OperatorAsync("update_workflow_status", """{"id":"w-resumed","status":"active"}""");

        Assert.True(answer.Instant("workflow.next_run") < TimeProvider.System.GetUtcNow().AddDays(-20));
        Assert.True(await operations.Database.ScalarAsync<bool>(
            "select active_since > now() - interval '5 minutes' and schedule_set_at < active_since from agency.workflow where company_id = 'resumed'"));
    }

    [Fact]
    public async Task Resume_OfACompletedWorkflowWithoutNextRun_IsDueByItsSchedule()
    {
        await WorkflowAsync("completed", "@daily");
        await operations.OperatorAsync("update_workflow_status", """{"id":"w-completed","status":"completed"}""");
        await operations.Database.ExecuteAsync("update agency.workflow set next_run = null where company_id = 'completed'");

        var answer = await operations.OperatorAsync("update_workflow_status", """{"id":"w-completed","status":"active"}""");

        Assert.True(answer.Instant("workflow.next_run") > TimeProvider.System.GetUtcNow().AddMinutes(-1));
    }

    [Fact]
    public async Task Resume_OfAnEscalatedWorkflow_ResetsFailuresAndClosesTheirEscalation()
    {
        await WorkflowAsync("failed", "@daily");
        await operations.Database.ExecuteAsync("update agency.workflow set status = 'escalated', failure_count = 3 where company_id = 'failed'");
        await operations.Database.ExecuteAsync("""
            insert into agency.escalation (company_id, escalation_id, workflow_id, source, reason, status, opened_at, opened_by)
            values ('failed', gen_random_uuid(), 'w-failed', 'failures', 'three', 'open', now(), 'scheduler')
            """);

        var answer = await operations.OperatorAsync("update_workflow_status", """{"id":"w-failed","status":"active","message":"mended"}""");

        Assert.Equal(("active", "0"), (answer.Of("workflow.status"), answer.Of("workflow.failure_count")));
        var escalation = await operations.OperatorAsync("list_escalations", """{"client":"failed"}""");
        Assert.Equal(("resolved", "mended"), (escalation.Of("items.0.status"), escalation.Of("items.0.resolution")));
    }

    [Theory]
    [InlineData("completed", "paused")]
    [InlineData("completed", "escalated")]
    [InlineData("escalated", "paused")]
    public async Task Change_NotAllowed_SaysFromWhereItIs(string from, string to)
    {
        var client = $"from-{from}-{to}";
        await WorkflowAsync(client, "@daily");
        await operations.OperatorAsync("update_workflow_status", $$"""{"id":"w-{{client}}","status":"{{from}}"}""");

        (await operations.OperatorAsync("update_workflow_status", $$"""{"id":"w-{{client}}","status":"{{to}}"}""")).IsFailure("conflict", $"is {from} cannot become {to}");
    }

    [Fact]
    public async Task Change_WhileASchedulerHoldsTheRow_WaitsAndKeepsItsWrite()
    {
        await WorkflowAsync("raced", "@daily");
        await using var scheduler = await operations.Database.As("scheduler").OpenAgencyConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await scheduler.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = scheduler.CreateCommand())
        {
            command.CommandText = "update workflow set failure_count = 2 where company_id = 'raced'";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var pausing = operations.OperatorAsync("update_workflow_status", """{"id":"w-raced","status":"paused"}""");
        await Waiting.ForLockAsync(operations.Database, "transactionid");
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        var answer = await pausing;
        Assert.Equal(("paused", "2"), (answer.Of("workflow.status"), answer.Of("workflow.failure_count")));
    }

    [Fact]
    public async Task Update_NewSchedule_CountsFromNowAndLeavesTheRest()
    {
        await WorkflowAsync("changed", "@daily");
        await operations.OperatorAsync("update_workflow", """{"id":"w-changed","inputs":{"a":1},"max_attempts":7}""");

        var answer = await operations.OperatorAsync("update_workflow", """{"id":"w-changed","schedule":"30 4 * * *","time_zone":"Asia/Tokyo"}""");

        Assert.Equal((19, 30), (answer.Instant("workflow.next_run").Hour, answer.Instant("workflow.next_run").Minute));
        Assert.Equal(("7", "1"), (answer.Of("workflow.max_attempts"), answer.Of("workflow.inputs.a")));
        var cleared = await operations.OperatorAsync("update_workflow", """{"id":"w-changed","schedule":"","time_zone":""}""");
        Assert.Equal((null, null, null), (cleared.Of("workflow.schedule"), cleared.Of("workflow.time_zone"), cleared.Of("workflow.next_run")));
    }

    [Fact]
    public async Task IdOfTwoClients_WithoutClient_AsksForIt()
    {
        foreach (var client in (string[])["twin-a", "twin-b"])
        {
            await operations.Database.AddCompanyAsync(client);
            await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"twin"}""");
        }

        (await operations.OperatorAsync("get_workflow", """{"id":"twin"}""")).IsFailure("conflict", "twin-a, twin-b");
        Assert.Equal("twin-b", (await operations.OperatorAsync("get_workflow", """{"id":"twin","client":"twin-b"}""")).Of("workflow.client"));
    }

    [Fact]
    public async Task ListWorkflows_InPages_ShowsEachOnce()
    {
        for (var i = 0; i < 5; i++)
        {
            await WorkflowAsync($"page-{i}", "@daily");
        }

        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await operations.OperatorAsync("list_workflows", cursor is null ? """{"limit":2}""" : $$"""{"limit":2,"cursor":"{{cursor}}"}""");
            seen.AddRange(page["items"].EnumerateArray().Select(w => w.GetProperty("client").GetString()));
            cursor = page.Of("next_cursor");
        }
        while (cursor is not null);

        Assert.Equal(["page-0", "page-1", "page-2", "page-3", "page-4"], seen.Where(c => c!.StartsWith("page-", StringComparison.Ordinal)));
    }

    private async Task WorkflowAsync(string client, string schedule)
    {
        await operations.Database.AddCompanyAsync(client);
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"{{schedule}}"}""");
    }
}
