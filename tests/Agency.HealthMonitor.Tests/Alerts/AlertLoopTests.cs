using System.Collections.Concurrent;
using Agency.Data;
using Agency.Data.Tenancy;
using Agency.HealthMonitor.Alerts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Agency.HealthMonitor.Tests.Alerts;

public sealed class AlertLoopTests(HealthServer server) : IClassFixture<HealthServer>
{
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow());
    private readonly Errors _errors = new();

    [Fact]
    public async Task Loop_WhenTimePasses_ChecksByItself()
    {
        var company = await server.Database.AddCompanyAsync("looped");
        await server.AsCompanyAsync("looped", "alert_on_threshold", new { metric = "load", comparison = "above", threshold = 1, window_minutes = 43200 });
        await server.AsCompanyAsync("looped", "track_metric", new { name = "load", value = 2 });
        using var loop = Loop(server.Services.GetRequiredService<AgencyDatabase>());

        await loop.StartAsync(TestContext.Current.CancellationToken);
        await PassTimeUntilAsync(async () => await CountAlertsAsync(company) > 0);
        await loop.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1L, await CountAlertsAsync(company));
        Assert.Empty(_errors.Seen);
    }

    [Fact]
    public async Task Loop_WithoutDatabase_ReportsAndGoesOn()
    {
        await using var nowhere = new AgencyDatabase("Host=127.0.0.1;Port=1;Username=nobody;Timeout=1", null);
        using var loop = Loop(nowhere);

        await loop.StartAsync(TestContext.Current.CancellationToken);
        await PassTimeUntilAsync(() => Task.FromResult(_errors.Seen.Count >= 2));

        Assert.False(loop.ExecuteTask!.IsCompleted);
        await loop.StopAsync(TestContext.Current.CancellationToken);
    }

    private AlertLoop Loop(AgencyDatabase database) => new(database, new AlertEvaluator(_time), Options.Create(new AlertOptions()), _time, _errors);

    private Task<long> CountAlertsAsync(CompanyId company) =>
        server.Database.ScalarAsync<long>("select count(*) from agency.alert where company_id = $1", company.Value);

    private async Task PassTimeUntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            _time.Advance(TimeSpan.FromSeconds(60));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }
    }

    private sealed class Errors : ILogger<AlertLoop>
    {
        public ConcurrentQueue<string> Seen { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Seen.Enqueue(formatter(state, exception));
            }
        }
    }
}
