using System.Text.Json;

namespace Agency.Operations.Tests.Import;

public sealed class ImportTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
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
              "inputs":{"a":[1,{"b":null}]},"max_attempts":5,"retry_initial_seconds":7,"timeout_seconds":60,"sla_minutes":15},
             {"id":"r2","client":"round","type":"t","status":"paused"}]
            """);
        var first = (await operations.OperatorAsync("export_workflows", """{"client":"round"}""")).Of("content")!;

        await ImportAsync(first, "update");
        var updated = (await operations.OperatorAsync("export_workflows", """{"client":"round"}""")).Of("content")!;
        await ImportAsync(first.Replace("\"round\"", "\"round-copy\"", StringComparison.Ordinal));
        var copied = (await operations.OperatorAsync("export_workflows", """{"client":"round-copy"}""")).Of("content")!;

        Assert.Contains("Größe <x>", first, StringComparison.Ordinal);
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
