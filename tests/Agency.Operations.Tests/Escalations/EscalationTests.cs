using Agency.Testing;

namespace Agency.Operations.Tests.Escalations;

public sealed class EscalationTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Escalate_AWorkflow_StopsItAndQueuesOneMessage()
    {
        await WorkflowAsync("esc");

        var answer = await operations.OperatorAsync("escalate_issue", """{"workflow_id":"w-esc","reason":"The inbox is full.\nCall them."}""");

        Assert.Equal(("escalated", "open", "requested", "test"),
            (answer.Of("workflow_status"), answer.Of("escalation.status"), answer.Of("escalation.source"), answer.Of("escalation.opened_by")));
        Assert.Equal("escalated", (await operations.OperatorAsync("get_workflow", """{"id":"w-esc"}""")).Of("workflow.status"));
        var notifications = await Eventually.TrueAsync(
            () => operations.OperatorAsync("list_notifications", """{"client":"esc"}"""),
            list => list["items.0.deliveries"].GetArrayLength() > 0,
            Deadline);
        Assert.Single(notifications["items"].EnumerateArray());
        Assert.Equal("Escalation: esc/w-esc: The inbox is full.", notifications.Of("items.0.subject"));
        Assert.Equal(("none", "not_configured"), (notifications.Of("items.0.deliveries.0.channel"), notifications.Of("items.0.deliveries.0.status")));
    }

    [Fact]
    public async Task Resolve_WithResume_LetsTheWorkflowGoOn()
    {
        await WorkflowAsync("res");
        var id = (await operations.OperatorAsync("escalate_issue", """{"workflow_id":"w-res","reason":"r"}""")).Of("escalation.escalation_id");

        Assert.Equal("acknowledged", (await operations.OperatorAsync("acknowledge_escalation", $$"""{"escalation_id":"{{id}}"}""")).Of("escalation.status"));
        (await operations.OperatorAsync("acknowledge_escalation", $$"""{"escalation_id":"{{id}}"}""")).IsFailure("conflict", "only an open one");
        var resolved = await operations.OperatorAsync("resolve_escalation", $$"""{"escalation_id":"{{id}}","resolution":"emptied","resume_workflow":true}""");

        Assert.Equal(("resolved", "emptied", "active"), (resolved.Of("escalation.status"), resolved.Of("escalation.resolution"), resolved.Of("workflow_status")));
        (await operations.OperatorAsync("resolve_escalation", $$"""{"escalation_id":"{{id}}","resolution":"again"}""")).IsFailure("conflict", "resolved already");
    }

    [Fact]
    public async Task Resolve_OfAFailureEscalationWithResume_KeepsItsResolution()
    {
        await WorkflowAsync("fail");
        await operations.Database.ExecuteAsync("update agency.workflow set status = 'escalated', failure_count = 3 where company_id = 'fail'");
        await operations.Database.ExecuteAsync("""
            insert into agency.escalation (company_id, escalation_id, workflow_id, source, reason, status, opened_at, opened_by)
            values ('fail', '00000000-0000-7000-8000-000000000001', 'w-fail', 'failures', 'three', 'open', now(), 'scheduler')
            """);

        var resolved = await operations.OperatorAsync(
            "resolve_escalation", """{"escalation_id":"00000000-0000-7000-8000-000000000001","resolution":"mended","resume_workflow":true}""");

        Assert.Equal(("resolved", "mended", "active"), (resolved.Of("escalation.status"), resolved.Of("escalation.resolution"), resolved.Of("workflow_status")));
        Assert.Equal("0", (await operations.OperatorAsync("get_workflow", """{"id":"w-fail"}""")).Of("workflow.failure_count"));
    }

    [Fact]
    public async Task Escalate_WithoutWorkflow_NeedsAClient()
    {
        await operations.Database.AddCompanyAsync("plain");
        (await operations.OperatorAsync("escalate_issue", """{"reason":"r"}""")).IsFailure("invalid", "client is missing");
        (await operations.OperatorAsync("escalate_issue", """{"reason":"r","client":"nobody"}""")).IsFailure("not_found", "nobody");

        Assert.Null((await operations.OperatorAsync("escalate_issue", """{"reason":"r","client":"plain"}""")).Of("workflow_status"));
    }

    private async Task WorkflowAsync(string client)
    {
        await operations.Database.AddCompanyAsync(client);
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"@daily"}""");
    }
}
