using System.Globalization;
using System.Text.Json;
using Agency.Testing;

namespace Agency.Operations.Tests.Calendars;

public sealed class CalendarTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    /// <summary>Tomorrow's noon and the days after it are all still to come, whatever time it is.</summary>
    private static readonly DateOnly Tomorrow = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(1);

    [Fact]
    public async Task Set_OnTheNextOccurrence_MovesItToTheOneAfter()
    {
        await WorkflowAsync("moved", "0 12 * * *");
        await WorkflowAsync("moved", "0 12 * * *", "ignores", """{"observe_calendar":false}""");
        await ToNoonAsync("moved", 1);

        var answer = await SetAsync("moved", (1, "Holiday"), (2, "Bridge"));

        Assert.Equal(("2", "0", "1", "w"), (answer.Of("changed"), answer.Of("unchanged"), answer.Of("moved_count"), answer.Of("moved.0.id")));
        Assert.Equal((Noon(1), Noon(3)), (answer.Instant("moved.0.from"), answer.Instant("moved.0.to")));
        var shown = await operations.OperatorAsync("get_workflow", """{"client":"moved","id":"w"}""");
        Assert.Equal((Noon(3), Noon(3), "rescheduled"), (shown.Instant("workflow.next_run"), shown.Instant("next_occurrences.0.utc"), shown.Of("history.0.type")));
        Assert.Equal(Noon(1), (await operations.OperatorAsync("get_workflow", """{"client":"moved","id":"ignores"}""")).Instant("workflow.next_run"));

        var again = await SetAsync("moved", (1, "Holiday"), (2, "Bridge day"));
        Assert.Equal(("1", "1", "0"), (again.Of("changed"), again.Of("unchanged"), again.Of("moved_count")));
    }

    [Fact]
    public async Task Set_CountsTheDateInTheSchedulesZone()
    {
        await operations.Database.AddCompanyAsync("tokyo");
        await operations.Database.ExecuteAsync("update agency.company set time_zone = 'Asia/Tokyo' where company_id = 'tokyo'");
        await WorkflowAsync("tokyo", "0 8 * * *");
        var due = new DateTimeOffset(Tomorrow.ToDateTime(new TimeOnly(23, 0)), TimeSpan.Zero);
        await operations.Database.ExecuteAsync("update agency.workflow set next_run = $1 where company_id = 'tokyo'", due);

        Assert.Equal("0", (await SetAsync("tokyo", (1, "the day in UTC"))).Of("moved_count"));
        Assert.Equal(due.AddDays(1), (await SetAsync("tokyo", (2, "the day in Tokyo"))).Instant("moved.0.to"));
    }

    [Fact]
    public async Task Remove_BringsBackWhatTheDateHadPutOff_AndNotWhatSomeoneNamed()
    {
        await WorkflowAsync("back", "0 12 * * *");
        await WorkflowAsync("back", "0 12 * * *", "named");
        await SetAsync("back", (0, "today"), (1, "Holiday"));
        await ToNoonAsync("back", 2);
        await operations.OperatorAsync("update_workflow", $$"""{"client":"back","id":"named","next_run":"{{Noon(9):yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""");

        var answer = await operations.CompanyAsync("back", "remove_excluded_dates", $$"""{"dates":["{{Tomorrow:O}}","2199-01-01"]}""");

        Assert.Equal(("1", "1", "1", "w"), (answer.Of("changed"), answer.Of("unchanged"), answer.Of("moved_count"), answer.Of("moved.0.id")));
        Assert.Equal(Noon(1), answer.Instant("moved.0.to"));
    }

    [Fact]
    public async Task Set_WhereNothingIsLeft_LeavesNoNextRun()
    {
        await WorkflowAsync("ends", "0 12 * * *", scheduling: $$"""{"end_at":"{{Noon(2):yyyy-MM-dd'T'HH:mm:ss'Z'}}"}""");
        await ToNoonAsync("ends", 1);

        Assert.Null((await SetAsync("ends", (1, "Holiday"))).Of("moved.0.to"));
    }

    [Fact]
    public async Task Register_AndUpdate_AndPreview_KeepToTheCalendar()
    {
        await operations.Database.AddCompanyAsync("keeps");
        await SetAsync("keeps", (0, "today"), (1, "Holiday"));
        await WorkflowAsync("keeps", "0 12 * * *");
        Assert.Equal(Noon(2), (await operations.OperatorAsync("get_workflow", """{"client":"keeps","id":"w"}""")).Instant("workflow.next_run"));

        var updated = await operations.OperatorAsync("update_workflow", """{"client":"keeps","id":"w","scheduling":{"observe_calendar":false}}""");
        Assert.True(updated.Instant("workflow.next_run") <= Noon(1));
        Assert.Equal(Noon(2), (await operations.CompanyAsync("keeps", "preview_schedule", """{"schedule":"0 12 * * *"}""")).Instant("occurrences.0.utc"));

        var content = JsonSerializer.Serialize("""{"id":"file","client":"keeps","type":"t","schedule":"0 12 * * *"}""");
        Assert.Equal(Noon(2), (await operations.OperatorAsync("import_workflows", $$"""{"content":{{content}}}""")).Instant("added.0.next_run"));
    }

    [Fact]
    public async Task Set_WhileAWorkflowIsBeingMade_WaitsAndMovesIt()
    {
        await operations.Database.AddCompanyAsync("making");
        await using var context = operations.Database.As("operations").OpenAgency(new Data.CompanyId("making"));
        await using var making = await context.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await Operations.Registry.ClientCalendar.ReadAndHoldAsync(
            context, new Data.Companies.Company { CompanyId = new Data.CompanyId("making"), Name = "making", CreatedAt = Noon(0) }, TestContext.Current.CancellationToken);
        context.Workflows.Add(new Data.Workflows.Workflow
        {
            CompanyId = new Data.CompanyId("making"),
            WorkflowId = new Data.WorkflowId("w"),
            Type = "t",
            Schedule = "0 12 * * *",
            NextRun = Noon(1),
            CreatedAt = Noon(0),
            UpdatedAt = Noon(0),
        });
        await context.SaveChangesAsync(TestContext.Current.CancellationToken);

        var setting = SetAsync("making", (1, "Holiday"));
        await Waiting.ForLockAsync(operations.Database, "advisory");
        await making.CommitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Noon(2), (await setting).Instant("moved.0.to"));
    }

    [Fact]
    public async Task Set_WhileAWorkflowIsBeingPlanned_MovesWhatWasPlanned()
    {
        await WorkflowAsync("planning", "0 12 * * *");
        await operations.Database.ExecuteAsync("update agency.workflow set next_run = $1 where company_id = 'planning'", Noon(-1));

        var set = await Waiting.WhileWritingAsync(
            operations.Database,
            $"update agency.workflow set next_run = '{Noon(1):O}' where company_id = 'planning'",
            () => SetAsync("planning", (1, "Holiday")));

        Assert.Equal(Noon(2), set.Instant("moved.0.to"));
    }

    [Fact]
    public async Task ListExcludedDates_InPages_ShowsTheCallersOwnInOrder()
    {
        await operations.Database.AddCompanyAsync("lists");
        await operations.Database.AddCompanyAsync("foreign");
        await SetAsync("foreign", (1, "theirs"));
        await SetAsync("lists", (3, "c"), (1, "a"), (2, "b"));

        var page = await operations.CompanyAsync("lists", "list_excluded_dates", """{"limit":2}""");
        var rest = await operations.CompanyAsync("lists", "list_excluded_dates", $$"""{"limit":2,"cursor":"{{page.Of("next_cursor")}}"}""");

        Assert.Equal(("a", "b", "c", null), (page.Of("items.0.name"), page.Of("items.1.name"), rest.Of("items.0.name"), rest.Of("next_cursor")));
        Assert.Equal($"{Tomorrow.AddDays(2):O}", rest.Of("items.0.date"));
        var from = await operations.OperatorAsync("list_excluded_dates", $$"""{"client":"lists","from":"{{Tomorrow.AddDays(2):O}}"}""");
        Assert.Equal(1, from["items"].GetArrayLength());
    }

    [Theory]
    [InlineData("set_excluded_dates", """{"client":"wrong","dates":[]}""", "'dates' must have at least 1 items")]
    [InlineData("set_excluded_dates", """{"client":"wrong","dates":[{"date":"2026-12-25","name":"x"},{"date":"25.12.2026","name":"x"}]}""", "dates[1].date must be a date")]
    [InlineData("set_excluded_dates", """{"client":"wrong","dates":[{"name":"x"}]}""", "dates[0].date must be a date")]
    [InlineData("set_excluded_dates", """{"client":"wrong","dates":[{"date":"2026-12-25","name":" "}]}""", "dates[0].name must say")]
    [InlineData("set_excluded_dates", """{"client":"wrong","dates":[{"date":"2026-12-25","name":"x"},{"date":"2026-12-25","name":"y"}]}""", "given twice")]
    [InlineData("set_excluded_dates", """{"client":"wrong","dates":[{"date":"1999-12-25","name":"x"}]}""", "from 2000-01-01")]
    [InlineData("remove_excluded_dates", """{"client":"wrong","dates":["tomorrow"]}""", "dates[0] must be a date")]
    [InlineData("list_excluded_dates", """{"client":"wrong","from":"x"}""", "from must be a date")]
    public async Task Calendar_AskedWrongly_SaysWhat(string tool, string arguments, string says)
    {
        await operations.Database.AddCompanyAsync("wrong");

        (await operations.OperatorAsync(tool, arguments)).IsFailure("invalid", says);
    }

    private static DateTimeOffset Noon(int days) => new(Tomorrow.AddDays(days - 1).ToDateTime(new TimeOnly(12, 0)), TimeSpan.Zero);

    private Task<ToolAnswer> SetAsync(string client, params IEnumerable<(int Days, string Name)> dates) => operations.OperatorAsync(
        "set_excluded_dates",
        JsonSerializer.Serialize(new
        {
            client,
            dates = dates.Select(d => new { date = Tomorrow.AddDays(d.Days - 1).ToString("O", CultureInfo.InvariantCulture), name = d.Name }),
        }));

    private Task ToNoonAsync(string client, int days) =>
        operations.Database.ExecuteAsync("update agency.workflow set next_run = $2 where company_id = $1", client, Noon(days));

    private async Task WorkflowAsync(string client, string schedule, string id = "w", string scheduling = "{}")
    {
        await operations.Database.AddCompanyAsync(client);
        var made = await operations.OperatorAsync(
            "register_workflow", $$"""{"client":"{{client}}","type":"t","id":"{{id}}","schedule":"{{schedule}}","scheduling":{{scheduling}}}""");
        Assert.False(made.IsError, made.Text);
    }
}
