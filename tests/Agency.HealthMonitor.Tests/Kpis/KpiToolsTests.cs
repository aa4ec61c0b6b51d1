using System.Text.Json;

namespace Agency.HealthMonitor.Tests.Kpis;

public sealed class KpiToolsTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task GetCompanyMetrics_ByItsCompany_GivesFiguresAndMoney()
    {
        var company = await server.Database.AddCompanyAsync("metrics-own");
        await server.Database.ExecuteAsync("update agency.company_terms set fee_per_successful_run = 3 where company_id = $1", company.Value);
        await server.AddWorkflowAsync(company);
        await server.AddRunAsync(company, "succeeded", minutesAgo: 2, seconds: 100);
        await server.AddRunAsync(company, "failed", minutesAgo: 1, seconds: 50);

        var kpis = await server.AsCompanyAsync("metrics-own", "get_company_metrics", new { period = "last_7_days" });

        Assert.Equal("metrics-own", kpis.GetProperty("client").GetString());
        Assert.Equal(0.5, kpis.GetProperty("scheduled").GetProperty("completion_rate").GetDouble());
        Assert.Equal(0.5, kpis.GetProperty("sla").GetProperty("compliance").GetDouble());
        Assert.Equal(3m, kpis.GetProperty("money").GetProperty("revenue").GetDecimal());
        Assert.Equal(1.5m, kpis.GetProperty("money").GetProperty("cost").GetDecimal());
        Assert.Equal(1.5m, kpis.GetProperty("money").GetProperty("margin").GetDecimal());
    }

    [Fact]
    public async Task GetCompanyMetrics_WithoutRuns_GivesNullNotZeroRates()
    {
        await server.Database.AddCompanyAsync("metrics-empty");

        var kpis = await server.AsOperatorAsync("get_company_metrics", new { client = "metrics-empty", from = "2026-01-01T00:00:00Z", to = "2026-02-01T00:00:00Z" });

        Assert.Equal(JsonValueKind.Null, kpis.GetProperty("scheduled").GetProperty("completion_rate").ValueKind);
        Assert.Equal(JsonValueKind.Null, kpis.GetProperty("sla").GetProperty("compliance").ValueKind);
    }

    [Fact]
    public async Task EveryTool_WithAnothersClient_AnswersAsForAnUnknownOne()
    {
        await server.Database.AddCompanyAsync("curious");
        await server.Database.AddCompanyAsync("victim");
        var rule = await server.AsOperatorAsync("alert_on_threshold", new { client = "victim", metric = "secret_sales", comparison = "above", threshold = 1 });

        foreach (var (tool, arguments) in ((string, object)[])[
            ("get_company_metrics", new { client = "victim" }),
            ("get_health_report", new { client = "victim" }),
            ("track_metric", new { client = "victim", name = "x", value = 1 }),
            ("list_metrics", new { client = "victim" }),
            ("alert_on_threshold", new { client = "victim", metric = "x", comparison = "above", threshold = 1 }),
            ("list_alert_rules", new { client = "victim" }),
            ("delete_alert_rule", new { client = "victim", alert_rule_id = rule.GetProperty("alert_rule_id").GetString() }),
            ("check_alerts", new { client = "victim" }),
            ("detect_anomalies", new { client = "victim", metric = "success_rate" }),
            ("predict_metrics", new { client = "victim", metric = "success_rate" })])
        {
            Assert.StartsWith("not_found: There is no client company 'victim' for you.", await server.FailAsync("curious", tool, arguments), StringComparison.Ordinal);
        }

        // Its own token does not reach the other's rule either.
        Assert.StartsWith(
            "not_found: This client has no alert rule",
            await server.FailAsync("curious", "delete_alert_rule", new { alert_rule_id = rule.GetProperty("alert_rule_id").GetString() }), StringComparison.Ordinal);
        Assert.StartsWith("forbidden", await server.FailAsync("curious", "get_agency_overview", new { }), StringComparison.Ordinal);
        Assert.StartsWith("not_found: There is no client company 'nobody'", await server.FailAsync(null, "get_company_metrics", new { client = "nobody" }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"period":"today","from":"2026-01-01T00:00:00Z"}""", "not both")]
    [InlineData("""{"from":"2026-01-01T00:00:00Z"}""", "from and to go together")]
    [InlineData("""{"from":"2026-01-02T00:00:00Z","to":"2026-01-01T00:00:00Z"}""", "earlier than to")]
    [InlineData("""{"period":"someday"}""", "last_30_days")]
    public async Task GetCompanyMetrics_WithUnclearPeriod_SaysWhatIsWrong(string arguments, string expected)
    {
        await server.Database.AddCompanyAsync("periods");

        Assert.Contains(expected, await server.FailAsync("periods", "get_company_metrics", JsonSerializer.Deserialize<JsonElement>(arguments)), StringComparison.Ordinal);
    }
}
