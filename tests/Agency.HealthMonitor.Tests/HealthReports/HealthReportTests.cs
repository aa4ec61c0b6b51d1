namespace Agency.HealthMonitor.Tests.HealthReports;

public sealed class HealthReportTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task GetHealthReport_NothingYet_IsNoData()
    {
        await server.Database.AddCompanyAsync("fresh");

        Assert.Equal("no_data", (await server.AsCompanyAsync("fresh", "get_health_report", new { })).GetProperty("status").GetString());
    }

    [Fact]
    public async Task GetHealthReport_AllSucceeded_IsHealthy()
    {
        var company = await server.Database.AddCompanyAsync("fine");
        await server.AddWorkflowAsync(company);
        await server.AddRunAsync(company, "succeeded", minutesAgo: 1);
        await server.AsCompanyAsync("fine", "track_metric", new { name = "leads", value = 2 });
        await server.AsCompanyAsync("fine", "track_metric", new { name = "leads", value = 4 });

        var report = await server.AsCompanyAsync("fine", "get_health_report", new { });

        Assert.Equal("healthy", report.GetProperty("status").GetString());
        Assert.Equal(0, report.GetProperty("reasons").GetArrayLength());
        var metric = Assert.Single(report.GetProperty("metrics").EnumerateArray());
        Assert.Equal((2, 3.0), (metric.GetProperty("count").GetInt32(), metric.GetProperty("mean").GetDouble()));
    }

    [Fact]
    public async Task GetHealthReport_FailureOrAlert_IsWarningWithReasons()
    {
        var company = await server.Database.AddCompanyAsync("worried");
        await server.AddWorkflowAsync(company);
        await server.AddRunAsync(company, "failed", minutesAgo: 1);
        await server.AsCompanyAsync("worried", "alert_on_threshold", new { metric = "failed_runs", comparison = "above", threshold = 0 });
        await server.AsCompanyAsync("worried", "check_alerts", new { });

        var report = await server.AsCompanyAsync("worried", "get_health_report", new { });

        Assert.Equal("warning", report.GetProperty("status").GetString());
        Assert.Equal(1, report.GetProperty("active_alerts").GetArrayLength());
        Assert.Equal(["1 alert(s) active.", "SLA compliance is 0 %, below 95 %.", "Success rate is 0 %, below 95 %."], report.GetProperty("reasons").EnumerateArray().Select(r => r.GetString()));
    }

    [Fact]
    public async Task GetHealthReport_EscalatedWorkflowAndStuckRuns_IsCritical()
    {
        var company = await server.Database.AddCompanyAsync("broken");
        await server.AddWorkflowAsync(company);
        await server.AddWorkflowAsync(company, "given-up", "escalated");
        var lost = await server.AddRunAsync(company, "running", minutesAgo: 5);
        var waiting = await server.AddRunAsync(company, "waiting", minutesAgo: 25 * 60);
        var queued = await server.AddRunAsync(company, "queued", minutesAgo: 20);
        await server.AddRunAsync(company, "queued", minutesAgo: 10);
        await server.AddRunAsync(company, "waiting", minutesAgo: 23 * 60);

        var report = await server.AsCompanyAsync("broken", "get_health_report", new { });

        Assert.Equal("critical", report.GetProperty("status").GetString());
        Assert.Equal("given-up", Assert.Single(report.GetProperty("escalated_workflows").EnumerateArray()).GetProperty("workflow_id").GetString());
        Assert.Equal([waiting, queued, lost], report.GetProperty("stuck_runs").EnumerateArray().Select(r => r.GetProperty("run_id").GetGuid()));
    }
}
