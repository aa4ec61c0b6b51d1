namespace Agency.Operations.Tests.Runs;

public sealed class CancelRunTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Theory]
    [InlineData("queued")]
    [InlineData("running")]
    [InlineData("waiting")]
    public async Task Cancel_OfAnOpenRun_MarksItOnce(string status)
    {
        var run = await RunAsync($"open-{status}", status);

        var first = await operations.CompanyAsync($"open-{status}", "cancel_run", $$"""{"run_id":"{{run}}","reason":"wrong inputs"}""");
        var second = await operations.OperatorAsync("cancel_run", $$"""{"run_id":"{{run}}","reason":"another reason"}""");

        Assert.Equal((status, "False", "True"), (first.Of("run.status"), first.Of("already_requested"), second.Of("already_requested")));
        var shown = await operations.OperatorAsync("get_run", $$"""{"run_id":"{{run}}"}""");
        Assert.EndsWith(": wrong inputs", shown.Of("run.cancel_reason"), StringComparison.Ordinal);
        Assert.Equal(first.Instant("run.cancel_requested_at"), shown.Instant("run.cancel_requested_at"));
    }

    [Theory]
    [InlineData("succeeded")]
    [InlineData("failed")]
    [InlineData("skipped")]
    public async Task Cancel_OfAnEndedRun_IsAConflictAndChangesNothing(string status)
    {
        var run = await RunAsync($"ended-{status}", status);

        (await operations.OperatorAsync("cancel_run", $$"""{"run_id":"{{run}}","reason":"r"}""")).IsFailure("conflict", $"is {status} since");

        Assert.Null((await operations.OperatorAsync("get_run", $$"""{"run_id":"{{run}}"}""")).Of("run.cancel_requested_at"));
    }

    [Fact]
    public async Task Cancel_OfACancelledRun_IsNoError()
    {
        var run = await RunAsync("gone", "cancelled");

        Assert.Equal("True", (await operations.OperatorAsync("cancel_run", $$"""{"run_id":"{{run}}","reason":"r"}""")).Of("already_requested"));
    }

    [Theory]
    [InlineData("""{"run_id":"x","reason":"r"}""", "invalid", "run_id must be a UUID")]
    [InlineData("""{"run_id":"00000000-0000-0000-0000-000000000001","reason":"r"}""", "not_found", "list_runs")]
    [InlineData("""{"run_id":"00000000-0000-0000-0000-000000000001","reason":" "}""", "invalid", "reason must say why")]
    public async Task Cancel_AskedWrongly_SaysWhat(string arguments, string kind, string says) =>
        (await operations.OperatorAsync("cancel_run", arguments)).IsFailure(kind, says);

    private async Task<string> RunAsync(string company, string status)
    {
        await operations.Database.AddCompanyAsync(company);
        var id = (await operations.OperatorAsync("register_workflow", $$"""{"client":"{{company}}","type":"t"}""")).Of("workflow.id");
        var run = (await operations.OperatorAsync("run_workflow_now", $$"""{"client":"{{company}}","id":"{{id}}"}""")).Of("run.run_id")!;
        await operations.Database.ExecuteAsync("""
            update agency.run set status = $1, skip_reason = case when $1 = 'skipped' then 'missed' end,
                   finished_at = case when $1 not in ('queued', 'running', 'waiting') then now() end,
                   lease_owner = case when $1 = 'running' then 's' end, lease_until = case when $1 = 'running' then now() end
            where run_id = $2::uuid
            """, status, run);
        return run;
    }
}
