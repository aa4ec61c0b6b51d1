using System.Text.Json;

namespace Agency.HealthMonitor.Tests.Metrics;

public sealed class MetricToolsTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task TrackMetric_Twice_ListsOneMetricWithTwoValues()
    {
        await server.Database.AddCompanyAsync("tracker");
        await server.AsCompanyAsync("tracker", "track_metric", new { name = "leads", value = 3, unit = "leads", at = "2026-01-01T00:00:00Z" });
        await server.AsOperatorAsync("track_metric", new { client = "tracker", name = "leads", value = 4.5, at = "2026-01-02T01:00:00+01:00" });

        var list = await server.AsCompanyAsync("tracker", "list_metrics", new { });

        var own = Assert.Single(list.GetProperty("items").EnumerateArray(), m => !m.GetProperty("built_in").GetBoolean());
        Assert.Equal(("leads", "leads", 2), (own.GetProperty("name").GetString(), own.GetProperty("unit").GetString(), own.GetProperty("samples").GetInt32()));
        Assert.Equal(DateTimeOffset.Parse("2026-01-02T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture), own.GetProperty("latest_at").GetDateTimeOffset());
    }

    [Theory]
    [InlineData("""{"name":"Leads","value":1}""", "must match the pattern")]
    [InlineData("""{"name":"leads","value":1e999}""", "'value'")]
    [InlineData("""{"name":"leads","value":-2e15}""", "finite")]
    [InlineData("""{"name":"success_rate","value":1}""", "choose another name")]
    [InlineData("""{"name":"leads","value":1,"at":"2126-01-01T00:00:00Z"}""", "at must lie")]
    [InlineData("""{"name":"leads","value":1,"unit":"a unit whose name is much too long"}""", "at most 30")]
    public async Task TrackMetric_BreakingARule_NamesIt(string arguments, string expected)
    {
        await server.Database.AddCompanyAsync("rules");

        var error = await server.FailAsync("rules", "track_metric", JsonSerializer.Deserialize<JsonElement>(arguments));

        Assert.StartsWith("invalid", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TrackMetric_BeyondTheMostMetrics_IsRefusedButKnownOnesGoOn()
    {
        var company = await server.Database.AddCompanyAsync("many-metrics");
        await server.Database.ExecuteAsync(
            "insert into agency.metric_sample (company_id, name, at, value) select $1, 'm' || i, now(), 1 from generate_series(1, 200) i", company.Value);

        Assert.StartsWith("conflict", await server.FailAsync("many-metrics", "track_metric", new { name = "m201", value = 1 }), StringComparison.Ordinal);
        await server.AsCompanyAsync("many-metrics", "track_metric", new { name = "m200", value = 1 });
    }
}
