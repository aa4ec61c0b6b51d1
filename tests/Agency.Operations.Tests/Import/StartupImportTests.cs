using Agency.Testing;

namespace Agency.Operations.Tests.Import;

public sealed class StartupImportTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Start_WithFile_AddsOnlyWhatTheRegistryNeverHeld()
    {
        await operations.OperatorAsync("import_workflows", """{"content":"[{\"id\":\"changed\",\"client\":\"s\",\"type\":\"mine\"},{\"id\":\"deleted\",\"client\":\"s\",\"type\":\"mine\"}]"}""");
        await operations.OperatorAsync("delete_workflow", """{"id":"deleted"}""");

        var state = await StartAsync("""
            [{"id":"changed","client":"s","type":"file"},{"id":"deleted","client":"s","type":"file"},{"id":"new","client":"s2","type":"file"}]
            """);

        Assert.Equal(("imported", "2", "new", "s2"), (state.Of("status"), state.Of("outcome.skipped"), state.Of("outcome.added.0.id"), state.Of("outcome.created_clients.0")));
        Assert.Equal("mine", (await operations.OperatorAsync("get_workflow", """{"id":"changed"}""")).Of("workflow.type"));
        (await operations.OperatorAsync("get_workflow", """{"id":"deleted"}""")).IsFailure("not_found", "deleted");
    }

    [Fact]
    public async Task Start_WithFileOfAClientThatWasErased_DoesNotMakeItAgain()
    {
        const string file = """[{"id":"a","client":"gone","type":"t"},{"id":"b","client":"gone","type":"t"},{"id":"c","client":"stays","type":"t"}]""";
        await StartAsync(file);
        await operations.OperatorAsync("erase_client", """{"client":"gone","confirm":"gone"}""");

        var state = await StartAsync(file);

        Assert.Equal(("imported", "3"), (state.Of("status"), state.Of("outcome.skipped")));
        Assert.Contains("'gone' was erased", state.Of("outcome.warnings.0"), StringComparison.Ordinal);
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.company where company_id = 'gone'"));

        // Made again on purpose it is a client like any other.
        await operations.OperatorAsync("import_workflows", """{"content":"{\"id\":\"d\",\"client\":\"gone\",\"type\":\"t\"}"}""");
        Assert.Equal(2, (await StartAsync(file))["outcome.added"].GetArrayLength());
    }

    [Theory]
    [InlineData("""[{"id":"fine","client":"bad","type":"t"},{"id":"x"}]""", "entry 2, client: is missing")]
    [InlineData("not json", "not JSON")]
    [InlineData(null, "cannot be read")]
    public async Task Start_WithBadFile_ReportsItAndRunsOn(string? content, string says)
    {
        var state = await StartAsync(content);

        Assert.Equal("failed", state.Of("status"));
        Assert.Contains(says, state.Of("error"), StringComparison.Ordinal);
        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.company where company_id = 'bad'"));
    }

    [Fact]
    public async Task Start_OfTwoReplicasWithOneFile_AddsItOnce()
    {
        const string content = """[{"id":"twice","client":"replicas","type":"t","history":[{"timestamp":"2026-01-01T00:00:00Z","type":"x","message":"m"}]}]""";

        // The lock under which imports are made: both replicas have read the file and want to write it.
        await using var connection = await operations.Database.As("operations").OpenAgencyConnectionAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using (var command = connection.CreateCommand())
        {
            command.CommandText = "select pg_advisory_xact_lock(hashtext('agency workflow import'))";
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var starting = Task.WhenAll(StartAsync(content), StartAsync(content));
        await Waiting.ForLockAsync(operations.Database, "advisory", waiters: 2);
        await transaction.CommitAsync(TestContext.Current.CancellationToken);

        var states = await starting;

        Assert.Equal(["imported", "imported"], states.Select(s => s.Of("status")));
        Assert.Equal(1, states.Sum(s => s["outcome.added"].GetArrayLength()));
        Assert.Equal(2, await operations.Database.ScalarAsync<long>("select count(*) from agency.workflow_event where company_id = 'replicas'"));
    }

    /// <summary>What a server that was started with the file tells of it.</summary>
    private async Task<ToolAnswer> StartAsync(string? content)
    {
        var file = Path.Combine(Path.GetTempPath(), $"agency-workflows-{Guid.NewGuid():N}.json");
        if (content is not null)
        {
            await File.WriteAllTextAsync(file, content, TestContext.Current.CancellationToken);
        }

        try
        {
            await using var server = await operations.StartServerAsync(null, new KeyValuePair<string, string?>("AGENCY_WORKFLOWS_FILE", file));
            var client = await server.ConnectAsync(operations.Tokens.Operator("operations"));
            return await Eventually.TrueAsync(() => client.AskAsync("get_startup_import"), state => state.Of("status") is "imported" or "failed", Deadline);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
