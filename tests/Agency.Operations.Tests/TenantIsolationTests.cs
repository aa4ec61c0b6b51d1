using System.Text.Json;

namespace Agency.Operations.Tests;

/// <summary>Whatever a client's token asks for, it gets nothing of another client and cannot tell that there is anything.</summary>
public sealed class TenantIsolationTests(OperationsFixture operations) : IClassFixture<OperationsFixture>, IAsyncLifetime
{
    private string _run = "";
    private string _escalation = "";
    private string _report = "";

    public async ValueTask InitializeAsync()
    {
        await operations.Database.AddCompanyAsync("mine");
        await operations.Database.AddCompanyAsync("theirs");
        await operations.OperatorAsync("register_workflow", """{"client":"theirs","type":"secret_type","id":"theirs-only","schedule":"@daily"}""");
        _run = (await operations.OperatorAsync("run_workflow_now", """{"client":"theirs","id":"theirs-only"}""")).Of("run.run_id")!;
        _escalation = (await operations.OperatorAsync("escalate_issue", """{"client":"theirs","reason":"secret reason"}""")).Of("escalation.escalation_id")!;
        _report = (await operations.OperatorAsync("generate_client_report", """{"client":"theirs"}""")).Of("report_id")!;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("register_workflow", """{"client":"theirs","type":"t"}""")]
    [InlineData("get_workflow", """{"client":"theirs","id":"theirs-only"}""")]
    [InlineData("get_workflow", """{"id":"theirs-only"}""")]
    [InlineData("list_workflows", """{"client":"theirs"}""")]
    [InlineData("update_workflow", """{"client":"theirs","id":"theirs-only","type":"t"}""")]
    [InlineData("update_workflow", """{"id":"theirs-only","type":"t"}""")]
    [InlineData("update_workflow_status", """{"client":"theirs","id":"theirs-only","status":"paused"}""")]
    [InlineData("update_workflow_status", """{"id":"theirs-only","status":"paused"}""")]
    [InlineData("delete_workflow", """{"client":"theirs","id":"theirs-only"}""")]
    [InlineData("delete_workflow", """{"id":"theirs-only"}""")]
    [InlineData("run_workflow_now", """{"client":"theirs","id":"theirs-only"}""")]
    [InlineData("run_workflow_now", """{"id":"theirs-only"}""")]
    [InlineData("backfill_workflow", """{"client":"theirs","id":"theirs-only","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""")]
    [InlineData("backfill_workflow", """{"id":"theirs-only","from":"2026-01-01T00:00:00Z","to":"2026-01-02T00:00:00Z"}""")]
    [InlineData("cancel_run", """{"client":"theirs","run_id":"RUN","reason":"r"}""")]
    [InlineData("cancel_run", """{"run_id":"RUN","reason":"r"}""")]
    [InlineData("set_excluded_dates", """{"client":"theirs","dates":[{"date":"2026-12-25","name":"x"}]}""")]
    [InlineData("remove_excluded_dates", """{"client":"theirs","dates":["2026-12-25"]}""")]
    [InlineData("list_excluded_dates", """{"client":"theirs"}""")]
    [InlineData("list_runs", """{"client":"theirs"}""")]
    [InlineData("get_run", """{"client":"theirs","run_id":"RUN"}""")]
    [InlineData("get_run", """{"run_id":"RUN"}""")]
    [InlineData("preview_schedule", """{"client":"theirs","schedule":"@daily"}""")]
    [InlineData("export_workflows", """{"client":"theirs"}""")]
    [InlineData("escalate_issue", """{"client":"theirs","reason":"r"}""")]
    [InlineData("escalate_issue", """{"workflow_id":"theirs-only","reason":"r"}""")]
    [InlineData("list_escalations", """{"client":"theirs"}""")]
    [InlineData("acknowledge_escalation", """{"client":"theirs","escalation_id":"ESCALATION"}""")]
    [InlineData("acknowledge_escalation", """{"escalation_id":"ESCALATION"}""")]
    [InlineData("resolve_escalation", """{"escalation_id":"ESCALATION","resolution":"r"}""")]
    [InlineData("list_notifications", """{"client":"theirs"}""")]
    [InlineData("generate_client_report", """{"client":"theirs"}""")]
    [InlineData("list_reports", """{"client":"theirs"}""")]
    [InlineData("get_report", """{"client":"theirs","report_id":"REPORT"}""")]
    [InlineData("get_report", """{"report_id":"REPORT"}""")]
    public async Task AnotherClientsThings_AreNotFound(string tool, string arguments)
    {
        arguments = arguments.Replace("RUN", _run, StringComparison.Ordinal).Replace("ESCALATION", _escalation, StringComparison.Ordinal)
            .Replace("REPORT", _report, StringComparison.Ordinal);

        var answer = await operations.CompanyAsync("mine", tool, arguments);

        Assert.True(answer.IsError, answer.Text);
        Assert.Equal("not_found", answer.ErrorKind);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);

        // The operator is told: the same call works, so it was the token that refused it.
        if (tool is "get_workflow" or "get_run" or "list_runs" or "export_workflows" or "list_escalations" or "list_notifications" or "list_reports" or "get_report")
        {
            Assert.False((await operations.OperatorAsync(tool, arguments)).IsError);
        }
    }

    [Theory]
    [InlineData("list_workflows")]
    [InlineData("list_runs")]
    [InlineData("list_escalations")]
    [InlineData("list_notifications")]
    [InlineData("list_reports")]
    public async Task Lists_WithoutClient_ShowTheCallersOwn(string tool)
    {
        Assert.Empty((await operations.CompanyAsync("mine", tool))["items"].EnumerateArray());
        Assert.NotEmpty((await operations.CompanyAsync("theirs", tool))["items"].EnumerateArray());
    }

    [Fact]
    public async Task Import_OfAnotherClientsWorkflow_WritesNothing()
    {
        var content = JsonSerializer.Serialize("""[{"id":"ok","client":"mine","type":"t"},{"id":"theirs-only","client":"theirs","type":"t"}]""");

        (await operations.CompanyAsync("mine", "import_workflows", $$"""{"mode":"update","content":{{content}}}""")).IsFailure("invalid", "entry 2, client");

        Assert.Empty((await operations.CompanyAsync("mine", "list_workflows"))["items"].EnumerateArray());
        Assert.Equal("secret_type", (await operations.OperatorAsync("get_workflow", """{"id":"theirs-only"}""")).Of("workflow.type"));
    }

    [Theory]
    [InlineData("issue_token", """{"role":"operator"}""")]
    [InlineData("list_tokens", "{}")]
    [InlineData("revoke_token", """{"token_id":"x"}""")]
    [InlineData("get_startup_import", "{}")]
    [InlineData("pause_work", """{"client":"mine","reason":"r"}""")]
    [InlineData("resume_work", """{"client":"mine"}""")]
    [InlineData("schedule_maintenance", """{"client":"mine","ends_at":"2027-01-01T00:00:00Z","reason":"r"}""")]
    [InlineData("cancel_maintenance", """{"hold_id":"00000000-0000-0000-0000-000000000001"}""")]
    [InlineData("list_holds", """{"client":"mine"}""")]
    [InlineData("list_findings", """{"client":"mine"}""")]
    public async Task OperatorsTools_AreForbidden(string tool, string arguments) =>
        (await operations.CompanyAsync("mine", tool, arguments)).IsFailure("forbidden", "operator");

    [Fact]
    public async Task Viewer_SeesEverythingAndChangesNothing()
    {
        Assert.False((await operations.ViewerAsync("get_workflow", """{"id":"theirs-only"}""")).IsError);
        (await operations.ViewerAsync("delete_workflow", """{"id":"theirs-only"}""")).IsFailure("forbidden", "may only read");
        (await operations.ViewerAsync("issue_token", """{"role":"operator"}""")).IsFailure("forbidden", "may only read");
    }
}
