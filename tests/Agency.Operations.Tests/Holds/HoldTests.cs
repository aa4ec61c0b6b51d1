using Agency.Testing;

namespace Agency.Operations.Tests.Holds;

public sealed class HoldTests(OperationsFixture operations) : IClassFixture<OperationsFixture>, IAsyncLifetime
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>A hold of everything would hold the other tests of this class as well.</summary>
    public async ValueTask DisposeAsync() => await operations.Database.ExecuteAsync("delete from agency.work_hold");

    [Fact]
    public async Task Pause_OfAClient_HoldsItsWorkAndTellsWhy()
    {
        await WorkflowAsync("held");
        await WorkflowAsync("free");

        var pause = await operations.OperatorAsync("pause_work", """{"client":"held","reason":"the client asked"}""");

        Assert.Equal(("held", "pause", "current", "False"), (pause.Of("hold.client"), pause.Of("hold.kind"), pause.Of("hold.state"), pause.Of("already_held")));
        foreach (var shown in (ToolAnswer[])
            [
                await operations.OperatorAsync("get_workflow", """{"id":"w-held"}"""),
                await operations.CompanyAsync("held", "get_workflow", """{"id":"w-held"}"""),
                await operations.CompanyAsync("held", "run_workflow_now", """{"id":"w-held"}"""),
            ])
        {
            Assert.Equal(("pause", "the client asked", "False"), (shown.Of("hold.kind"), shown.Of("hold.reason"), shown.Of("hold.everything")));
        }

        Assert.Equal("queued", (await operations.OperatorAsync("list_runs", """{"client":"held"}""")).Of("items.0.status"));
        Assert.Null((await operations.CompanyAsync("free", "get_workflow", """{"id":"w-free"}""")).Of("hold"));
        Assert.Null((await operations.CompanyAsync("free", "run_workflow_now", """{"id":"w-free"}""")).Of("hold"));
    }

    [Fact]
    public async Task Pause_OfEverything_IsSeenByAClientWithoutItsReason()
    {
        await WorkflowAsync("bystander");

        var pause = await operations.OperatorAsync("pause_work", """{"reason":"trouble at another client"}""");

        Assert.Null(pause.Of("hold.client"));
        var seen = await operations.CompanyAsync("bystander", "get_workflow", """{"id":"w-bystander"}""");
        Assert.Equal(("pause", "True", null), (seen.Of("hold.kind"), seen.Of("hold.everything"), seen.Of("hold.reason")));
        Assert.Equal("trouble at another client", (await operations.OperatorAsync("get_workflow", """{"id":"w-bystander"}""")).Of("hold.reason"));
    }

    [Fact]
    public async Task Pause_WhileAClaimIsBeingMade_IsToldWhenThatHasEnded()
    {
        await operations.Database.AddCompanyAsync("claiming");
        await using var scheduler = new Npgsql.NpgsqlConnection(operations.Database.ConnectionString("scheduler_agency"));
        await scheduler.OpenAsync(TestContext.Current.CancellationToken);
        await using var claim = await scheduler.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = new Npgsql.NpgsqlCommand(Data.Scheduling.HoldSql.LockClaims, scheduler))
        {
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var pausing = operations.OperatorAsync("pause_work", """{"client":"claiming","reason":"r"}""");

        // By then it holds for every claim that comes later.
        await Waiting.ForLockAsync(operations.Database, "advisory", waiters: 1);
        Assert.Equal(1, await operations.Database.ScalarAsync<long>("select count(*) from agency.work_hold where company_id = 'claiming'"));
        Assert.False(pausing.IsCompleted);
        await claim.CommitAsync(TestContext.Current.CancellationToken);
        Assert.Equal("current", (await pausing).Of("hold.state"));
    }

    [Fact]
    public async Task Pause_Twice_IsOneHoldEvenAtOnce()
    {
        await operations.Database.AddCompanyAsync("twice");

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i =>
            operations.OperatorAsync("pause_work", $$"""{"client":"twice","reason":"reason {{i}}"}""")));

        Assert.Single(answers.Select(a => a.Of("hold.hold_id")).Distinct());
        Assert.Single(answers, a => a.Of("already_held") == "False");
        Assert.Equal(1, await operations.Database.ScalarAsync<long>("select count(*) from agency.work_hold where company_id = 'twice'"));
    }

    [Fact]
    public async Task Resume_LiftsOnlyItsOwnPauseAndNamesWhatStillHolds()
    {
        await operations.Database.AddCompanyAsync("both");
        await operations.OperatorAsync("pause_work", """{"client":"both","reason":"own"}""");
        await operations.OperatorAsync("pause_work", """{"reason":"all"}""");

        var first = await operations.OperatorAsync("resume_work", """{"client":"both"}""");
        Assert.Equal(("own", "ended", "test"), (first.Of("lifted.0.reason"), first.Of("lifted.0.state"), first.Of("lifted.0.lifted_by")));
        Assert.Equal(("True", "all"), (first.Of("still_held.everything"), first.Of("still_held.reason")));

        var second = await operations.OperatorAsync("resume_work");
        Assert.Equal((1, null), (second["lifted"].GetArrayLength(), second.Of("still_held")));
        Assert.Equal(0, (await operations.OperatorAsync("resume_work"))["lifted"].GetArrayLength());
    }

    [Fact]
    public async Task Maintenance_ComesIsInForceAndIsCancelled()
    {
        await WorkflowAsync("window");
        var (start, end) = (Text(Now.AddHours(1)), Text(Now.AddHours(2)));

        var made = await operations.OperatorAsync("schedule_maintenance", $$"""{"client":"window","starts_at":"{{start}}","ends_at":"{{end}}","reason":"upgrade"}""");
        Assert.Equal(("maintenance", "coming"), (made.Of("hold.kind"), made.Of("hold.state")));
        Assert.Null((await operations.OperatorAsync("get_workflow", """{"id":"w-window"}""")).Of("hold"));
        var again = await operations.OperatorAsync("schedule_maintenance", $$"""{"client":"window","starts_at":"{{start}}","ends_at":"{{end}}","reason":"upgrade"}""");
        Assert.Equal((made.Of("hold.hold_id"), "True"), (again.Of("hold.hold_id"), again.Of("already_held")));

        var cancelled = await operations.OperatorAsync("cancel_maintenance", $$"""{"hold_id":"{{made.Of("hold.hold_id")}}"}""");
        Assert.Equal(("ended", "test", "False"), (cancelled.Of("hold.state"), cancelled.Of("hold.lifted_by"), cancelled.Of("already_cancelled")));
        Assert.Equal("True", (await operations.OperatorAsync("cancel_maintenance", $$"""{"hold_id":"{{made.Of("hold.hold_id")}}"}""")).Of("already_cancelled"));

        var atOnce = await operations.OperatorAsync("schedule_maintenance", $$"""{"client":"window","starts_at":"2020-01-01T00:00:00Z","ends_at":"{{end}}","reason":"now"}""");
        Assert.Equal("current", atOnce.Of("hold.state"));
        Assert.Equal(("maintenance", atOnce.Of("hold.ends_at")), ((await operations.OperatorAsync("get_workflow", """{"id":"w-window"}""")).Of("hold.kind"), atOnce.Of("hold.ends_at")));
        await operations.OperatorAsync("cancel_maintenance", $$"""{"hold_id":"{{atOnce.Of("hold.hold_id")}}"}""");
        Assert.Null((await operations.OperatorAsync("get_workflow", """{"id":"w-window"}""")).Of("hold"));
    }

    [Fact]
    public async Task ListHolds_ShowsCurrentAndComing_AndEndedOnRequest()
    {
        await operations.Database.AddCompanyAsync("listed");
        await operations.Database.AddCompanyAsync("other");
        await operations.OperatorAsync("pause_work", """{"client":"other","reason":"not of listed"}""");
        await operations.OperatorAsync("pause_work", """{"client":"listed","reason":"over"}""");
        await operations.OperatorAsync("resume_work", """{"client":"listed"}""");
        await operations.OperatorAsync("pause_work", """{"client":"listed","reason":"current"}""");
        var coming = await operations.OperatorAsync("schedule_maintenance", $$"""{"starts_at":"{{Text(Now.AddDays(1))}}","ends_at":"{{Text(Now.AddDays(2))}}","reason":"coming"}""");

        Assert.Equal(["coming", "current"], await ReasonsAsync("""{"client":"listed"}"""));
        Assert.Equal(["coming", "current", "over"], await ReasonsAsync("""{"client":"listed","include_ended":true}"""));
        Assert.Equal(["coming", "current", "not of listed"], (await ReasonsAsync("{}")).Order(StringComparer.Ordinal));

        var page = await operations.OperatorAsync("list_holds", """{"client":"listed","include_ended":true,"limit":1}""");
        Assert.Equal(coming.Of("hold.hold_id"), page.Of("items.0.hold_id"));
        Assert.Equal(["current"], await ReasonsAsync($$"""{"client":"listed","include_ended":true,"limit":1,"cursor":"{{page.Of("next_cursor")}}"}"""));
    }

    [Fact]
    public async Task Freeze_OfAClient_RefusesItsTokensAndIsShownBeforeAnyOtherHold()
    {
        await WorkflowAsync("cold");
        await WorkflowAsync("warm");
        await operations.OperatorAsync("pause_work", """{"client":"cold","reason":"a pause"}""");
        await operations.Database.ExecuteAsync("""
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, lease_owner, lease_until)
            values ('cold', gen_random_uuid(), 'w-cold', 'scheduled', now(), 'running', now(), now(), 'x', now())
            """);

        var frozen = await operations.OperatorAsync("freeze_client", """{"client":"cold","reason":"they owe"}""");
        Assert.Equal(("freeze", "current", "False", "1"), (frozen.Of("hold.kind"), frozen.Of("hold.state"), frozen.Of("already_frozen"), frozen.Of("executing")));
        Assert.Equal("True", (await operations.OperatorAsync("freeze_client", """{"client":"cold","reason":"again"}""")).Of("already_frozen"));

        await Eventually.TrueAsync(() => operations.CompanyAsync("cold", "list_workflows"), a => a.IsError, TimeSpan.FromSeconds(30));
        (await operations.CompanyAsync("cold", "list_workflows")).IsFailure("forbidden", "frozen by the agency");
        (await operations.CompanyAsync("cold", "run_workflow_now", """{"id":"w-cold"}""")).IsFailure("forbidden", "frozen by the agency");
        Assert.False((await operations.CompanyAsync("warm", "run_workflow_now", """{"id":"w-warm"}""")).IsError);
        var seen = await operations.OperatorAsync("get_workflow", """{"id":"w-cold"}""");
        Assert.Equal(("freeze", "they owe"), (seen.Of("hold.kind"), seen.Of("hold.reason")));
        Assert.Equal("freeze", (await operations.OperatorAsync("resume_work", """{"client":"cold"}""")).Of("still_held.kind"));
        (await operations.OperatorAsync("cancel_maintenance", $$"""{"hold_id":"{{frozen.Of("hold.hold_id")}}"}""")).IsFailure("conflict", "unfreeze_client");

        var lifted = await operations.OperatorAsync("unfreeze_client", """{"client":"cold"}""");
        Assert.Equal(("freeze", null), (lifted.Of("lifted.0.kind"), lifted.Of("still_held")));
        Assert.Equal(0, (await operations.OperatorAsync("unfreeze_client", """{"client":"cold"}"""))["lifted"].GetArrayLength());
        await Eventually.TrueAsync(() => operations.CompanyAsync("cold", "list_workflows"), a => !a.IsError, TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("freeze_client", """{"client":"nobody","reason":"r"}""", "not_found", "nobody")]
    [InlineData("freeze_client", """{"reason":"r"}""", "invalid", "client")]
    [InlineData("unfreeze_client", """{"client":"nobody"}""", "not_found", "nobody")]
    [InlineData("pause_work", """{"client":"nobody","reason":"r"}""", "not_found", "nobody")]
    [InlineData("pause_work", """{"reason":"  "}""", "invalid", "reason must say")]
    [InlineData("resume_work", """{"client":"nobody"}""", "not_found", "nobody")]
    [InlineData("schedule_maintenance", """{"ends_at":"2020-01-01T00:00:00Z","reason":"r"}""", "invalid", "ends_at (2020-01-01")]
    [InlineData("schedule_maintenance", """{"ends_at":"2099-01-01T00:00:00Z","reason":"r"}""", "invalid", "at most 90 days")]
    [InlineData("schedule_maintenance", """{"ends_at":"soon","reason":"r"}""", "invalid", "ends_at must be an instant")]
    [InlineData("schedule_maintenance", """{"starts_at":"soon","ends_at":"2099-01-01T00:00:00Z","reason":"r"}""", "invalid", "starts_at must be an instant")]
    [InlineData("cancel_maintenance", """{"hold_id":"x"}""", "invalid", "hold_id must be a UUID")]
    [InlineData("cancel_maintenance", """{"hold_id":"00000000-0000-0000-0000-000000000001"}""", "not_found", "list_holds")]
    public async Task Hold_AskedWrongly_SaysWhat(string tool, string arguments, string kind, string says) =>
        (await operations.OperatorAsync(tool, arguments)).IsFailure(kind, says);

    [Fact]
    public async Task CancelMaintenance_OfAPauseOrOfWhatIsOver_IsRefused()
    {
        var pause = await operations.OperatorAsync("pause_work", """{"reason":"r"}""");
        (await operations.OperatorAsync("cancel_maintenance", $$"""{"hold_id":"{{pause.Of("hold.hold_id")}}"}""")).IsFailure("conflict", "resume_work");

        await operations.Database.ExecuteAsync("""
            insert into agency.work_hold (hold_id, kind, starts_at, ends_at, reason, created_by, created_at)
            values ('00000000-0000-0000-0000-000000000002', 'maintenance', now() - interval '2 hours', now() - interval '1 hour', 'r', 'x', now())
            """);
        (await operations.OperatorAsync("cancel_maintenance", """{"hold_id":"00000000-0000-0000-0000-000000000002"}""")).IsFailure("conflict", "was over");
    }

    [Fact]
    public async Task HoldInForce_AskedByATenantForAnotherCompany_TellsNothing()
    {
        await operations.Database.AddCompanyAsync("asking");
        await operations.Database.AddCompanyAsync("asked");
        await operations.OperatorAsync("pause_work", """{"client":"asked","reason":"secret"}""");
        await using var context = operations.Database.As("operations").OpenTenant(new Data.CompanyId("asking"));

        Assert.Null(await Operations.Holds.HoldNotice.FindAsync(context, new Data.CompanyId("asked"), Now, TestContext.Current.CancellationToken));
    }

    private static string Text(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private async Task<List<string?>> ReasonsAsync(string arguments) =>
        [.. (await operations.OperatorAsync("list_holds", arguments))["items"].EnumerateArray().Select(h => h.GetProperty("reason").GetString())];

    private async Task WorkflowAsync(string client)
    {
        await operations.Database.AddCompanyAsync(client);
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"@daily"}""");
    }
}
