using Agency.HealthMonitor.Anomalies;

namespace Agency.HealthMonitor.Tests.Anomalies;

public sealed class AnomalyTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public void Score_OfKnownValues_IsTheModifiedZScore()
    {
        // Median 5, deviations 4 3 2 1 0 1 2 3 95: MAD 2.
        var score = new ModifiedZScore([1, 2, 3, 4, 5, 6, 7, 8, 100]);

        Assert.Equal((5.0, 2.0), (score.Median, score.Mad));
        Assert.Equal(0.6745 * 95 / 2, score.Of(100), 9);
        Assert.Equal(-0.6745 * 4 / 2, score.Of(1), 9);
    }

    [Fact]
    public void Score_WhereMostAreEqual_FallsBackToTheMeanDeviation()
    {
        // MAD 0; mean absolute deviation 20 / 10 = 2.
        var score = new ModifiedZScore([1, 1, 1, 1, 1, 1, 1, 1, 1, 21]);

        Assert.Equal(20 / (1.253314 * 2), score.Of(21), 9);
        Assert.Equal(0, new ModifiedZScore([3, 3, 3]).Of(3));
    }

    [Fact]
    public async Task DetectAnomalies_OneOutlier_NamesItAlone()
    {
        var company = await server.Database.AddCompanyAsync("outlier");
        await server.Database.ExecuteAsync(
            "insert into agency.metric_sample (company_id, name, at, value) select $1, 'latency', now() - make_interval(hours => i), case when i = 7 then 500 else 100 + i % 3 end from generate_series(1, 20) i",
            company.Value);

        var found = await server.AsCompanyAsync("outlier", "detect_anomalies", new { metric = "latency" });

        Assert.True(found.GetProperty("enough_data").GetBoolean());
        Assert.Equal(500, Assert.Single(found.GetProperty("anomalies").EnumerateArray()).GetProperty("value").GetDouble());
    }

    [Fact]
    public async Task DetectAnomalies_TooFewValues_SaysSo()
    {
        var company = await server.Database.AddCompanyAsync("few");
        await server.Database.ExecuteAsync(
            "insert into agency.metric_sample (company_id, name, at, value) select $1, 'latency', now() - make_interval(hours => i), i * i from generate_series(1, 7) i", company.Value);

        var found = await server.AsCompanyAsync("few", "detect_anomalies", new { metric = "latency" });

        Assert.False(found.GetProperty("enough_data").GetBoolean());
        Assert.Empty(found.GetProperty("anomalies").EnumerateArray());
        Assert.Contains("8 are needed", found.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DetectAnomalies_BuiltInMetric_JudgesDays()
    {
        var company = await server.Database.AddCompanyAsync("slow-day");
        await server.AddWorkflowAsync(company);
        for (var day = 1; day <= 12; day++)
        {
            await server.AddRunAsync(company, "succeeded", minutesAgo: day * 24 * 60, seconds: day == 4 ? 300 : 10 + (day % 3));
        }

        var found = await server.AsCompanyAsync("slow-day", "detect_anomalies", new { metric = "run_seconds" });

        Assert.Equal(300, Assert.Single(found.GetProperty("anomalies").EnumerateArray()).GetProperty("value").GetDouble());
        Assert.Equal(12, found.GetProperty("values").GetInt32());
    }

    [Fact]
    public async Task DetectAnomalies_UnknownOrPresentMetric_SaysWhatToDo()
    {
        await server.Database.AddCompanyAsync("unknown");

        Assert.Contains("list_metrics", await server.FailAsync("unknown", "detect_anomalies", new { metric = "latency" }), StringComparison.Ordinal);
        Assert.Contains("without history", await server.FailAsync("unknown", "detect_anomalies", new { metric = "queued_runs" }), StringComparison.Ordinal);
    }
}
