using Agency.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Runs;

public sealed class RunRequestTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task RunNow_ActiveOrPaused_QueuesAManualRunDueNow()
    {
        var id = await WorkflowAsync("now");
        await operations.OperatorAsync("update_workflow_status", $$"""{"id":"{{id}}","status":"paused"}""");

        var answer = await operations.OperatorAsync("run_workflow_now", $$"""{"inputs":{"a":1},"id":"{{id}}"}""");

        Assert.Equal(("queued", "manual", "test"), (answer.Of("run.status"), answer.Of("run.trigger"), answer.Of("run.requested_by")));
        Assert.InRange(answer.Instant("run.scheduled_for"), TimeProvider.System.GetUtcNow().AddMinutes(-5), TimeProvider.System.GetUtcNow());
        var details = await operations.OperatorAsync("get_run", $$"""{"run_id":"{{answer.Of("run.run_id")}}"}""");
        Assert.Equal("1", details.Of("inputs.a"));
        Assert.Equal(answer.Of("run.run_id"), (await operations.OperatorAsync("list_runs", """{"client":"now","status":"queued"}""")).Of("items.0.run_id"));
    }

    [Fact]
    public async Task RunNow_SameKeyAtOnce_MakesOneRun()
    {
        var id = await WorkflowAsync("once");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            operations.OperatorAsync("run_workflow_now", $$"""{"id":"{{id}}","idempotency_key":"k1"}""")));

        Assert.Single(answers.Select(a => a.Of("run.run_id")).Distinct());
        Assert.Single(answers, a => a.Of("already_requested") == "False");
        Assert.Equal(1, await operations.Database.ScalarAsync<long>("select count(*) from agency.run where company_id = 'once'"));
    }

    [Fact]
    public async Task RunNow_InTheSameMicrosecondWithoutKey_MakesARunForEachCall()
    {
        var id = await WorkflowAsync("many");
        var stopped = new StoppedClock();
        await using var server = await operations.StartServerAsync(builder => builder.Services.AddSingleton<TimeProvider>(stopped));
        var client = await server.ConnectAsync(operations.Tokens.Operator("operations"));

        // Another call's run, due at the very same time and not committed yet.
        await using var connection = await operations.Database.As("operations").OpenAgencyConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = """
                insert into run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at)
                values ('many', gen_random_uuid(), $1, 'manual', $2, 'queued', $2, $2)
                """;
            command.Parameters.AddWithValue(id);
            command.Parameters.AddWithValue(Instants.Now(stopped));
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var asking = Task.WhenAll(Enumerable.Range(0, 2).Select(_ => client.AskAsync("run_workflow_now", $$"""{"id":"{{id}}"}""")));
        await Waiting.ForLockAsync(operations.Database, "transactionid", waiters: 2);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        var answers = await asking;
        Assert.Equal(
            [Instants.Now(stopped).AddMicroseconds(1), Instants.Now(stopped).AddMicroseconds(2)],
            answers.Select(a => a.Instant("run.scheduled_for")).Order());
        Assert.Equal(3, await operations.Database.ScalarAsync<long>("select count(*) from agency.run where company_id = 'many'"));
    }

    [Fact]
    public async Task RunNow_CompletedOrDeleted_IsRefused()
    {
        var id = await WorkflowAsync("refused");
        await operations.OperatorAsync("update_workflow_status", $$"""{"id":"{{id}}","status":"completed"}""");
        (await operations.OperatorAsync("run_workflow_now", $$"""{"id":"{{id}}"}""")).IsFailure("conflict", "completed");
        await operations.OperatorAsync("delete_workflow", $$"""{"id":"{{id}}"}""");
        (await operations.OperatorAsync("run_workflow_now", $$"""{"client":"refused","id":"{{id}}"}""")).IsFailure("not_found", id);
    }

    [Fact]
    public async Task ListRuns_InPages_ShowsEachOnceNewestFirst()
    {
        var id = await WorkflowAsync("pages");
        var made = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            made.Insert(0, (await operations.OperatorAsync("run_workflow_now", $$"""{"id":"{{id}}"}""")).Of("run.run_id"));
        }

        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var argument = cursor is null ? "" : $",\"cursor\":\"{cursor}\"";
            var page = await operations.CompanyAsync("pages", "list_runs", $"{{\"limit\":2{argument}}}");
            seen.AddRange(page["items"].EnumerateArray().Select(run => run.GetProperty("run_id").GetString()));
            cursor = page.Of("next_cursor");
        }
        while (cursor is not null);

        Assert.Equal(made, seen);
    }

    private sealed class StoppedClock : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;
    }

    private async Task<string> WorkflowAsync(string company)
    {
        await operations.Database.AddCompanyAsync(company);
        return (await operations.OperatorAsync("register_workflow", $$"""{"client":"{{company}}","type":"refresh"}""")).Of("workflow.id")!;
    }
}
