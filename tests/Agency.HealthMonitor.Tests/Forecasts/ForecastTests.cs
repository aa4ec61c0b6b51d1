using Agency.HealthMonitor.Forecasts;

namespace Agency.HealthMonitor.Tests.Forecasts;

public sealed class ForecastTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Theory]
    [InlineData(8, 2.3060)]
    [InlineData(10, 2.2281)]
    [InlineData(30, 2.0423)]
    [InlineData(120, 1.9799)]
    public void StudentT975_KnownDegrees_IsTheTablesValue(int degrees, double expected) => Assert.Equal(expected, LinearTrend.StudentT975(degrees), 3);

    [Fact]
    public void Margin_OfKnownResiduals_FollowsTheFormula()
    {
        // y = x with residuals of +1 -1 -1 +1 four times over: they leave the line y = x as it is.
        (double X, double Y)[] points = [.. Enumerable.Range(0, 16).Select(x => ((double)x, x + (x % 4 is 0 or 3 ? 1.0 : -1.0)))];
        var trend = new LinearTrend(points);

        Assert.Equal(1, trend.Slope, 9);
        Assert.Equal(20, trend.At(20), 9);

        // s = sqrt(16/14), Sxx = 340, mean x = 7.5, t(14) = 2.1448
        Assert.Equal(2.1448 * Math.Sqrt(16.0 / 14) * Math.Sqrt(1 + (1.0 / 16) + (12.5 * 12.5 / 340)), trend.Margin(20), 3);
    }

    [Fact]
    public async Task PredictMetrics_ExactLine_ContinuesItWithoutWidth()
    {
        var company = await server.Database.AddCompanyAsync("line");
        await AddDaysAsync(company.Value, days: 20, "100 - 2 * i");

        var forecast = await server.AsCompanyAsync("line", "predict_metrics", new { metric = "leads", horizon = 3 });

        var days = forecast.GetProperty("predictions").EnumerateArray().ToArray();
        Assert.Equal(2, forecast.GetProperty("slope_per_day").GetDouble(), 6);
        Assert.Equal([100, 102, 104], days.Select(d => Math.Round(d.GetProperty("value").GetDouble(), 6)));
        Assert.All(days, d => Assert.Equal(d.GetProperty("high").GetDouble(), d.GetProperty("low").GetDouble(), 6));
        Assert.Equal(DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).DayNumber, DateOnly.Parse(days[0].GetProperty("date").GetString()!).DayNumber, 1.0);
    }

    [Fact]
    public async Task PredictMetrics_TooFewDays_SaysSo()
    {
        var company = await server.Database.AddCompanyAsync("short");
        await AddDaysAsync(company.Value, days: 9, "i");

        var forecast = await server.AsCompanyAsync("short", "predict_metrics", new { metric = "leads" });

        Assert.False(forecast.GetProperty("enough_data").GetBoolean());
        Assert.Empty(forecast.GetProperty("predictions").EnumerateArray());
        Assert.Contains("10 are needed", forecast.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task PredictMetrics_RatioThatFalls_StaysWithinWhatIsPossible()
    {
        var company = await server.Database.AddCompanyAsync("falling");
        await server.AddWorkflowAsync(company);
        for (var day = 1; day <= 12; day++)
        {
            await server.AddRunAsync(company, day > 6 ? "succeeded" : "failed", minutesAgo: day * 24 * 60);
        }

        var forecast = await server.AsCompanyAsync("falling", "predict_metrics", new { metric = "success_rate", horizon = 30 });

        Assert.Equal(12, forecast.GetProperty("days").GetInt32());
        Assert.True(forecast.GetProperty("slope_per_day").GetDouble() < 0);
        Assert.All(forecast.GetProperty("predictions").EnumerateArray(), d => Assert.InRange(d.GetProperty("low").GetDouble(), 0, d.GetProperty("value").GetDouble()));
        Assert.All(forecast.GetProperty("predictions").EnumerateArray(), d => Assert.InRange(d.GetProperty("high").GetDouble(), d.GetProperty("value").GetDouble(), 1));
    }

    private Task AddDaysAsync(string company, int days, string value) => server.Database.ExecuteAsync(
        $"insert into agency.metric_sample (company_id, name, at, value) select $1, 'leads', date_trunc('day', now(), 'UTC') - make_interval(days => i) + interval '12 hours', {value} from generate_series(1, {days}) i",
        company);
}
