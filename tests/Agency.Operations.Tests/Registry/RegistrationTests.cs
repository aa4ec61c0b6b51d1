namespace Agency.Operations.Tests.Registry;

public sealed class RegistrationTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Fact]
    public async Task Register_WithSchedule_IsActiveAndDueByTheClientsClock()
    {
        await operations.Database.AddCompanyAsync("berlin");
        await operations.Database.ExecuteAsync("update agency.company set time_zone = 'Europe/Berlin' where company_id = 'berlin'");

        var answer = await operations.OperatorAsync("register_workflow", """
            {"client":"berlin","type":"weekly_reporting","schedule":"0 9 * * 1","inputs":{"depth":"full"},"sla_minutes":30}
            """);

        Assert.Equal("weekly_reporting-berlin", answer.Of("workflow.id"));
        Assert.Equal("active", answer.Of("workflow.status"));
        Assert.Equal("full", answer.Of("workflow.inputs.depth"));
        var next = answer.Instant("workflow.next_run");
        var local = TimeZoneInfo.ConvertTime(next, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        Assert.Equal((DayOfWeek.Monday, 9, 0), (local.DayOfWeek, local.Hour, local.Minute));
        Assert.InRange(next, DateTimeOffset.MinValue, TimeProvider.System.GetUtcNow().AddDays(8));

        var shown = await operations.OperatorAsync("get_workflow", """{"id":"weekly_reporting-berlin"}""");
        Assert.Equal(next, shown.Instant("workflow.next_run"));
        Assert.Equal(next, shown.Instant("next_occurrences.0.utc"));
        Assert.Equal("Monday", shown.Of("next_occurrences.0.weekday"));
        Assert.Equal("registered", shown.Of("history.0.type"));
    }

    [Fact]
    public async Task Register_WithoutId_NumbersTheIdThatIsTaken()
    {
        await operations.Database.AddCompanyAsync("numbers");

        var ids = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await operations.OperatorAsync("register_workflow", """{"client":"numbers","type":"refresh"}""")).Of("workflow.id"));
        }

        Assert.Equal(["refresh-numbers", "refresh-numbers-2", "refresh-numbers-3"], ids);
    }

    [Fact]
    public async Task Register_AtOnceWithoutId_GivesEachItsOwn()
    {
        await operations.Database.AddCompanyAsync("crowd");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            operations.OperatorAsync("register_workflow", """{"client":"crowd","type":"refresh"}""")));

        Assert.Equal(8, answers.Select(a => a.Of("workflow.id")).Distinct().Count());
    }

    [Fact]
    public async Task Register_UnknownProcedure_WarnsAndNamesTheTool()
    {
        await operations.Database.AddCompanyAsync("warned");

        var answer = await operations.OperatorAsync("register_workflow", """{"client":"warned","type":"no_such_thing"}""");

        Assert.Contains("no_such_thing", answer.Of("warnings.0"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"client":"rules","type":"t","schedule":"0 9 * *"}""", "4 fields")]
    [InlineData("""{"client":"rules","type":"t","schedule":"0 0 31 2 *"}""", "never comes due")]
    [InlineData("""{"client":"rules","type":"t","time_zone":"Mars/Olympus"}""", "not a time zone")]
    [InlineData("""{"client":"rules","type":"two words"}""", "The type names a procedure")]
    [InlineData("""{"client":"rules","type":"t","id":"a/b"}""", "not a workflow id")]
    [InlineData("""{"client":"rules","type":"t","next_run":"2026-11-23T09:00:00"}""", "with its UTC offset")]
    [InlineData("""{"client":"rules","type":"t","max_attempts":0}""", "'max_attempts' must be at least 1")]
    [InlineData("""{"client":"rules","type":"t","inputs":[1]}""", "'inputs' must be an object")]
    public async Task Register_BrokenField_SaysWhichAndStoresNothing(string arguments, string expected)
    {
        await operations.Database.AddCompanyAsync("rules");

        (await operations.OperatorAsync("register_workflow", arguments)).IsFailure("invalid", expected);

        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.workflow where company_id = 'rules'"));
    }

    [Fact]
    public async Task Register_UnknownClient_SaysHowToCreateIt() =>
        (await operations.OperatorAsync("register_workflow", """{"client":"nobody","type":"t"}""")).IsFailure("not_found", "init_company");

    [Fact]
    public async Task Register_ArchivedClient_IsRefused()
    {
        await operations.Database.AddCompanyAsync("gone");
        await operations.Database.ExecuteAsync("update agency.company set status = 'archived', archived_at = now() where company_id = 'gone'");

        (await operations.OperatorAsync("register_workflow", """{"client":"gone","type":"t"}""")).IsFailure("conflict", "archived");
    }

    [Fact]
    public async Task Register_IdOfADeletedWorkflow_BeginsAnew()
    {
        await operations.Database.AddCompanyAsync("again");
        await operations.OperatorAsync("register_workflow", """{"client":"again","type":"old","id":"w","max_attempts":9,"schedule":"@daily"}""");
        (await operations.OperatorAsync("register_workflow", """{"client":"again","type":"new","id":"w"}""")).IsFailure("conflict", "already");
        await operations.OperatorAsync("delete_workflow", """{"client":"again","id":"w"}""");
        (await operations.OperatorAsync("get_workflow", """{"client":"again","id":"w"}""")).IsFailure("not_found", "list_workflows");

        var answer = await operations.OperatorAsync("register_workflow", """{"client":"again","type":"new","id":"w"}""");

        Assert.Equal(("new", "3", null), (answer.Of("workflow.type"), answer.Of("workflow.max_attempts"), answer.Of("workflow.schedule")));
    }
}
