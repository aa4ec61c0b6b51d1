using System.Text.Json;

namespace Agency.Operations.Tests.Import;

public sealed class ImportTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private static readonly string[] NewFields =
    [
        "start_at", "end_at", "jitter_seconds", "dst_gap", "dst_overlap", "observe_calendar", "catch_up", "catch_up_window_minutes", "overlap", "max_concurrent_runs",
        "priority", "retry_factor", "retry_max_seconds", "retry_jitter", "retry_deadline_seconds", "non_retryable",
    ];

    private static readonly JsonSerializerOptions Compact = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The source document's own.</summary>
    private const string Example = """
        {
          "id": "onboarding-client-a",
          "client": "client-a",
          "type": "client_onboarding",
          "status": "active",
          "schedule": "0 9 * * 1",
          "next_run": "2023-10-27T09:00:00Z"
        }
        """;

    [Fact]
    public async Task Import_TheSourceDocumentsExample_KeepsIdAndNextRunAndCreatesTheClient()
    {
        var answer = await ImportAsync(Example);

        Assert.Equal(("client-a", "onboarding-client-a"), (answer.Of("created_clients.0"), answer.Of("added.0.id")));
        var workflow = await operations.OperatorAsync("get_workflow", """{"id":"onboarding-client-a"}""");
        Assert.Equal(new DateTimeOffset(2023, 10, 27, 9, 0, 0, TimeSpan.Zero), workflow.Instant("workflow.next_run"));
        Assert.Equal(("active", "0 9 * * 1", "client_onboarding"), (workflow.Of("workflow.status"), workflow.Of("workflow.schedule"), workflow.Of("workflow.type")));
        Assert.Equal(1, await operations.Database.ScalarAsync<long>("select count(*) from agency.company_profile where company_id = 'client-a'"));
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.run where company_id = 'client-a'"));
    }

    [Fact]
    public async Task Import_SomeEntriesBroken_NamesEachByPositionAndWritesNothing()
    {
        var answer = await ImportAsync("""
            [
              {"id":"good","client":"half","type":"t"},
              {"id":"bad id","client":"half","type":"t"},
              {"client":"half","type":"t","schedule":"0 9 * *"},
              "text",
              {"id":"e5","client":"half","type":"t","status":"sleeping","next_run":"2026-11-23 09:00","failure_count":-1},
              {"id":"good","client":"half","type":"t"},
              {"id":"e7","client":"half","type":"t","time_zone":"Mars/Olympus","inputs":[],"history":[{"timestamp":"yesterday","type":"x","message":"m"}]},
              {"id":"e8","client":"half","type":"t","schedule":"0 0 31 2 *"}
            ]
            """);

        answer.IsFailure("invalid", "Nothing was imported");
        string[] expected =
        [
            "entry 2, id: must be 1 to 128", "entry 3, id: is missing", "entry 3, schedule:", "entry 4: a workflow definition must be an object",
            "entry 5, status: must be one of active, paused, escalated, completed, but is 'sleeping'", "entry 5, next_run: must be an instant",
            "entry 5, failure_count:", "entry 6, id: 'good' of client 'half' stands at entry 1", "entry 7, time_zone:", "entry 7, inputs:", "entry 7, history[0]:",
        ];
        Assert.All(expected, text => Assert.Contains(text, answer.Text, StringComparison.Ordinal));
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.company where company_id = 'half'"));

        // What only the registry can tell is told by position too, and undoes the client that was created.
        (await ImportAsync("""[{"id":"a","client":"half","type":"t"},{"id":"b","client":"half","type":"t","schedule":"0 0 31 2 *"}]"""))
            .IsFailure("invalid", "entry 2, schedule: The schedule '0 0 31 2 *' never comes due");
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.company where company_id = 'half'"));
    }

    [Theory]
    [InlineData("[{]", "not JSON: line 1")]
    [InlineData("\"x\"", "must hold an array")]
    [InlineData("""{"id":"a","id":"b","client":"c","type":"t"}""", "not JSON as it should be")]
    public async Task Import_NoWorkflowFile_SaysWhatItIs(string content, string says) => (await ImportAsync(content)).IsFailure("invalid", says);

    [Fact]
    public async Task Import_UnknownField_IsAWarning()
    {
        var answer = await ImportAsync("""{"id":"w","client":"typo","type":"t","shedule":"@daily"}""");

        Assert.Contains(answer["warnings"].EnumerateArray(), w => w.GetString()!.Contains("'shedule' is not known", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_Add_RefusesIdsThatThereAreAndRevivesDeletedOnes()
    {
        await ImportAsync("""[{"id":"kept","client":"adds","type":"old"},{"id":"deleted","client":"adds","type":"old","max_attempts":9}]""");
        await operations.OperatorAsync("delete_workflow", """{"id":"deleted"}""");

        (await ImportAsync("""[{"id":"deleted","client":"adds","type":"new"},{"id":"kept","client":"adds","type":"new"}]""")).IsFailure("invalid", "entry 2, id");
        (await operations.OperatorAsync("get_workflow", """{"client":"adds","id":"deleted"}""")).IsFailure("not_found", "deleted");

        Assert.Equal("deleted", (await ImportAsync("""{"id":"deleted","client":"adds","type":"new"}""")).Of("added.0.id"));
        var revived = await operations.OperatorAsync("get_workflow", """{"client":"adds","id":"deleted"}""");
        Assert.Equal(("new", "3"), (revived.Of("workflow.type"), revived.Of("workflow.max_attempts")));
    }

    [Theory]
    [InlineData("\"jitter_seconds\":3601", "jitter_seconds: must be a whole number from 0 to 3600")]
    [InlineData("\"dst_gap\":\"late\"", "dst_gap: must be one of next_valid, skip, but is 'late'")]
    [InlineData("\"dst_overlap\":1", "dst_overlap: must be text")]
    [InlineData("\"observe_calendar\":\"yes\"", "observe_calendar: must be true or false")]
    [InlineData("\"catch_up\":\"some\"", "catch_up: must be one of all, latest, none")]
    [InlineData("\"catch_up_window_minutes\":0", "catch_up_window_minutes: must be a whole number from 1 to 527040")]
    [InlineData("\"overlap\":\"queue\"", "overlap: must be one of skip, queue_one, queue_all, cancel_previous, allow")]
    [InlineData("\"max_concurrent_runs\":2", "max_concurrent_runs (2) needs the overlap allow")]
    [InlineData("\"priority\":-101", "priority: must be a whole number from -100 to 100")]
    [InlineData("\"retry_factor\":0.5", "retry_factor: must be a number from 1 to 10")]
    [InlineData("\"retry_max_seconds\":0", "retry_max_seconds: must be a whole number")]
    [InlineData("\"retry_jitter\":1.1", "retry_jitter: must be a number from 0 to 1")]
    [InlineData("\"retry_deadline_seconds\":-1", "retry_deadline_seconds: must be a whole number")]
    [InlineData("\"non_retryable\":[\"permanent\"]", "non_retryable: must be an array of any of transient, timeout, lost")]
    [InlineData("\"start_at\":\"2027-01-01\"", "start_at: must be an instant")]
    [InlineData("\"start_at\":\"2027-01-02T00:00:00Z\",\"end_at\":\"2027-01-01T00:00:00Z\"", "end_at: end_at (2027-01-01")]
    [InlineData("\"end_at\":\"2020-01-01T00:00:00Z\"", "schedule: The schedule '@daily' never comes due from now on")]
    [InlineData("\"start_at\":\"2027-01-02T00:00:00Z\",\"next_run\":\"2027-01-01T00:00:00Z\"", "next_run: next_run (2027-01-01")]
    public async Task Import_BrokenSchedulingOrRetry_NamesTheField(string field, string says)
    {
        (await ImportAsync($$"""{"id":"w","client":"fields","type":"t","schedule":"@daily",{{field}}}""")).IsFailure("invalid", says);

        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.company where company_id = 'fields'"));
    }

    [Fact]
    public async Task Import_UpdateWithNull_ClearsWhatMayBeUnset()
    {
        await ImportAsync("""
            {"id":"n","client":"nulls","type":"t","schedule":"@daily","start_at":"2026-01-01T00:00:00Z","end_at":"2099-01-01T00:00:00Z","dst_gap":"skip","overlap":"allow",
             "max_concurrent_runs":2,"retry_deadline_seconds":60,"priority":5}
            """);

        await ImportAsync("""{"id":"n","client":"nulls","type":"t","start_at":null,"end_at":null,"dst_gap":null,"max_concurrent_runs":null,"retry_deadline_seconds":null,"priority":null}""", "update");

        Assert.True(await operations.Database.ScalarAsync<bool>("""
            select start_at is null and end_at is null and dst_gap is null and max_concurrent_runs is null and retry_deadline_seconds is null
                   and overlap = 'allow' and priority = 5 and next_run > now()
            from agency.workflow where company_id = 'nulls'
            """));
    }

    [Fact]
    public async Task Import_OfScheduleOrStatus_MarksWhenThatWas()
    {
        await ImportAsync("""{"id":"m","client":"marked","type":"t","schedule":"@daily","status":"paused"}""");
        Assert.Equal((true, false), await MarksAsync());

        await ImportAsync("""{"id":"m","client":"marked","type":"u","schedule":"@daily"}""", "update");
        Assert.Equal((false, false), await MarksAsync());

        await ImportAsync("""{"id":"m","client":"marked","type":"u","status":"active"}""", "update");
        Assert.Equal((false, true), await MarksAsync());

        await ImportAsync("""{"id":"m","client":"marked","type":"u","next_run":"2030-01-01T00:00:00Z"}""", "update");
        Assert.Equal((true, false), await MarksAsync());

        // Which marks were set since the last look.
        async Task<(bool Schedule, bool Active)> MarksAsync()
        {
            var marks = (await operations.Database.ScalarAsync<bool>("select schedule_set_at is not null from agency.workflow where company_id = 'marked'"),
                await operations.Database.ScalarAsync<bool>("select active_since is not null from agency.workflow where company_id = 'marked'"));
            await operations.Database.ExecuteAsync("update agency.workflow set schedule_set_at = null, active_since = null where company_id = 'marked'");
            return marks;
        }
    }

    [Fact]
    public async Task Import_Update_ChangesWhatTheFileSaysAndLeavesTheRest()
    {
        await ImportAsync("""{"id":"u","client":"updates","type":"old","schedule":"@daily","inputs":{"a":1},"status":"completed"}""");

        var answer = await ImportAsync("""[{"id":"u","client":"updates","type":"new","status":"paused","schedule":"@hourly"},{"id":"u2","client":"updates","type":"t"}]""", "update");

        Assert.Equal(("u", "u2"), (answer.Of("updated.0.id"), answer.Of("added.0.id")));
        var workflow = await operations.OperatorAsync("get_workflow", """{"id":"u"}""");
        Assert.Equal(("new", "paused", "@hourly", "1"), (workflow.Of("workflow.type"), workflow.Of("workflow.status"), workflow.Of("workflow.schedule"), workflow.Of("workflow.inputs.a")));
    }

    [Fact]
    public async Task Import_EscalatedWorkflowAsActive_ResolvesItsEscalation()
    {
        await ImportAsync("""{"id":"stuck","client":"mended","type":"t","status":"escalated"}""");
        await operations.Database.ExecuteAsync("""
            insert into agency.escalation (company_id, escalation_id, workflow_id, source, reason, status, opened_at, opened_by)
            values ('mended', gen_random_uuid(), 'stuck', 'failures', 'It failed.', 'open', now(), 'scheduler')
            """);

        await ImportAsync("""{"id":"stuck","client":"mended","type":"t","status":"active"}""", "update");

        Assert.Equal("resolved", await operations.Database.ScalarAsync<string>("select status from agency.escalation where company_id = 'mended'"));
        Assert.Contains(
            (await operations.OperatorAsync("get_workflow", """{"id":"stuck"}"""))["history"].EnumerateArray(),
            line => line.GetProperty("message").GetString()!.StartsWith("escalated -> active", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_WithoutNextRun_CountsFromNow()
    {
        await ImportAsync("""[{"id":"now","client":"fresh","type":"t","schedule":"@hourly"},{"id":"done","client":"fresh","type":"t","schedule":"@hourly","status":"completed"}]""");

        var next = (await operations.OperatorAsync("get_workflow", """{"id":"now"}""")).Instant("workflow.next_run");
        Assert.InRange(next, TimeProvider.System.GetUtcNow().AddMinutes(-1), TimeProvider.System.GetUtcNow().AddHours(1));
        Assert.Null((await operations.OperatorAsync("get_workflow", """{"id":"done"}""")).Of("workflow.next_run"));
    }

    [Fact]
    public async Task Export_ThenImportElsewhere_IsTheSameButForTheImport()
    {
        await ImportAsync("""
            [{"id":"r1","client":"round","type":"t","status":"escalated","status_message":"stuck","schedule":"0 9 * * 1","time_zone":"Europe/Berlin","next_run":"2027-01-04T08:00:00Z",
              "last_run":"2026-11-16T08:00:00Z","failure_count":3,"history":[{"timestamp":"2026-11-16T08:00:01.5Z","type":"failed","message":"Größe <x>"}],
              "inputs":{"a":[1,{"b":null}]},"max_attempts":5,"retry_initial_seconds":7,"timeout_seconds":60,"sla_minutes":15,
              "start_at":"2027-01-01T00:00:00Z","end_at":"2027-12-31T23:00:00Z","jitter_seconds":30,"dst_gap":"skip","dst_overlap":"both","observe_calendar":false,
              "catch_up":"all","catch_up_window_minutes":60,"overlap":"allow","max_concurrent_runs":3,"priority":-7,
              "retry_factor":1.5,"retry_max_seconds":90,"retry_jitter":0,"retry_deadline_seconds":3600,"non_retryable":["timeout","lost"]},
             {"id":"over","client":"round","type":"t","schedule":"@daily","end_at":"2020-01-01T00:00:00Z","next_run":null},
             {"id":"r2","client":"round","type":"t","status":"paused"}]
            """);
        var first = (await operations.OperatorAsync("export_workflows", """{"client":"round"}""")).Of("content")!;

        await ImportAsync(first, "update");
        var updated = (await operations.OperatorAsync("export_workflows", """{"client":"round"}""")).Of("content")!;
        await ImportAsync(first.Replace("\"round\"", "\"round-copy\"", StringComparison.Ordinal));
        var copied = (await operations.OperatorAsync("export_workflows", """{"client":"round-copy"}""")).Of("content")!;

        Assert.Contains("Größe <x>", first, StringComparison.Ordinal);
        var entry = JsonElement.Parse(first).EnumerateArray().Single(e => e.GetProperty("id").GetString() == "r1");
        Assert.Equal(
            """["2027-01-01T00:00:00Z","2027-12-31T23:00:00Z",30,"skip","both",false,"all",60,"allow",3,-7,1.5,90,0,3600,["timeout","lost"]]""",
            JsonSerializer.Serialize(NewFields.Select(entry.GetProperty), Compact));
        Assert.Equal(WithoutImports(first), WithoutImports(updated));
        Assert.Equal(WithoutImports(first), WithoutImports(copied.Replace("round-copy", "round", StringComparison.Ordinal)));
    }

    private static string WithoutImports(string content)
    {
        var entries = System.Text.Json.Nodes.JsonNode.Parse(content)!.AsArray();
        foreach (var entry in entries)
        {
            var history = entry!["history"]!.AsArray();
            foreach (var line in history.Where(l => l!["type"]!.GetValue<string>() == "imported").ToArray())
            {
                history.Remove(line);
            }
        }

        return entries.ToJsonString();
    }

    private Task<ToolAnswer> ImportAsync(string content, string mode = "add") =>
        operations.OperatorAsync("import_workflows", $$"""{"mode":"{{mode}}","content":{{JsonSerializer.Serialize(content)}}}""");
}
