using Agency.Testing;
using Agency.Testing.Mcp;

namespace Agency.Scheduler.Tests;

/// <summary>The whole service on its real clock, with real workers, over a test's database and the stub servers.</summary>
internal static class RunningScheduler
{
    /// <summary>Test classes that count or kill the workers that this process has started: one after the other.</summary>
    public const string WorkersOfThisProcess = "workers of this process";

    public static string WorkerFolder => Path.Combine(AppContext.BaseDirectory, "worker");

    public static Task<RunningServer> StartAsync(AgencyTestDatabase database, StubServers stubs, params (string Key, string Value)[] settings) =>
        RunningServer.StartAsync(
            args => SchedulerApp.Build(args),
            stubs.Tokens.Settings,
            stubs.Settings,
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:agency"] = database.ConnectionString("scheduler_agency"),
                ["Tokens:SigningKey"] = stubs.Tokens.SchedulerSigningKey,
                ["AGENCY_WORKER_PATH"] = WorkerFolder,
                ["Scheduler:PollInterval"] = "00:00:00.050",
                ["Scheduler:Workers"] = "4",
            },
            settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));

    /// <summary>Waits for a condition; fails after half a minute, which no working system needs.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<Task<string>>? describe = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > TimeSpan.FromSeconds(30))
            {
                Assert.Fail($"Waited half a minute in vain. {(describe is null ? "" : await describe())}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), TimeProvider.System);
        }
    }
}
