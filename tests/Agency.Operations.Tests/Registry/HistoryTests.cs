using System.Globalization;
using System.Text.Json;

namespace Agency.Operations.Tests.Registry;

public sealed class HistoryTests(OperationsFixture operations) : IClassFixture<OperationsFixture>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        await operations.Database.ExecuteAsync("select agency.ensure_company('tells', 'Tells', 'UTC', now())");
        await operations.Database.ExecuteAsync("delete from agency.run; delete from agency.workflow_event; delete from agency.workflow");
        await ImportAsync("""[{"id":"w","client":"tells","type":"t","schedule":"@daily","last_run":"2026-01-01T09:00:00Z"}]""");
        await AddRunAsync("2026-01-02T09:00:00Z", "succeeded", "");
        await AddRunAsync("2026-01-03T09:00:00Z", "failed", "No such report.");
        await AddRunAsync("2026-01-04T09:00:00Z", "cancelled", "Not wanted.");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Get_TellsHowOccurrencesEnded_AmongTheEvents()
    {
        var shown = await operations.OperatorAsync("get_workflow", """{"id":"w"}""");

        Assert.Equal(
            ["imported", "failed", "succeeded"], shown["history"].EnumerateArray().Select(line => line.GetProperty("type").GetString()));
        Assert.Equal("The occurrence of 2026-01-03 09:00:00 UTC failed after attempt 2: No such report.", shown.Of("history.1.message"));
        Assert.Equal("The occurrence of 2026-01-02 09:00:00 UTC succeeded.", shown.Of("history.2.message"));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-03T09:00:00Z")]
    [InlineData("2026-02-01T00:00:00Z", "2026-02-01T00:00:00Z")]
    public async Task LastRun_IsTheLatestThatSucceededOrFailed_HereOrBeforeTheImport(string imported, string latest)
    {
        await operations.Database.ExecuteAsync("update agency.workflow set last_run = $1::timestamptz", imported);
        var expected = DateTimeOffset.Parse(latest, CultureInfo.InvariantCulture);

        Assert.Equal(expected, (await operations.OperatorAsync("get_workflow", """{"id":"w"}""")).Instant("workflow.last_run"));
        Assert.Equal(expected, (await operations.OperatorAsync("list_workflows", """{"client":"tells"}""")).Instant("items.0.last_run"));
        Assert.Equal(expected, Exported(await ExportAsync()).GetProperty("last_run").GetDateTimeOffset());
        Assert.Equal(expected, (await operations.OperatorAsync("update_workflow", """{"id":"w","sla_minutes":5}""")).Instant("workflow.last_run"));
    }

    [Fact]
    public async Task Import_OfWhatWasExported_RepeatsNoLine()
    {
        var before = await ExportAsync();

        await ImportAsync(before);
        var after = await ExportAsync();

        Assert.Equal(["succeeded", "failed", "imported"], Types(before));
        Assert.Equal(["succeeded", "failed", "imported", "imported"], Types(after));
    }

    private static JsonElement Exported(string content) => JsonElement.Parse(content).EnumerateArray().Single();

    private static IEnumerable<string?> Types(string content) =>
        Exported(content).GetProperty("history").EnumerateArray().Select(line => line.GetProperty("type").GetString());

    private Task AddRunAsync(string scheduledFor, string status, string error) => operations.Database.ExecuteAsync("""
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, attempt, error_message, available_at, created_at, finished_at)
        values ('tells', gen_random_uuid(), 'w', 'scheduled', $1::timestamptz, $2, 2, nullif($3, ''), now(), now(), $1::timestamptz + interval '1.5 minutes')
        """, scheduledFor, status, error);

    private async Task<string> ExportAsync() => (await operations.OperatorAsync("export_workflows", """{"client":"tells"}""")).Of("content")!;

    private async Task ImportAsync(string content) => Assert.False(
        (await operations.OperatorAsync("import_workflows", $$"""{"mode":"update","content":{{JsonSerializer.Serialize(content)}}}""")).IsError);
}
