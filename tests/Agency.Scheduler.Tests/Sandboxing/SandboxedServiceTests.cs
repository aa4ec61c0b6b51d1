using Agency.Scheduler.Sandboxing;
using Agency.Scheduler.Workers;
using Agency.Testing;

namespace Agency.Scheduler.Tests.Sandboxing;

/// <summary>The whole service with its workers at a given level.</summary>
[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class SandboxedServiceTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private StubServers _stubs = null!;

    public static TheoryData<string, bool> LevelsAndBuilds
    {
        get
        {
            var all = new TheoryData<string, bool>();
            foreach (var level in Enum.GetNames<SandboxLevel>())
            {
                all.Add(level, false);
                all.Add(level, true);
            }

            return all;
        }
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _stubs = await StubServers.StartAsync();
        await Test.AddCompanyAsync("acme", "Acme");
        _stubs.State.Sops["say"] = "---\nname: say\n---\n# Say\n\n1. **Say it.** So.\n\n   ```tool operations.say\n   { \"text\": \"{{ company.name }}\" }\n   ```\n";
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "say", maxAttempts: 1);
    }

    public override async ValueTask DisposeAsync()
    {
        await _stubs.DisposeAsync();
        await base.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(LevelsAndBuilds))]
    public async Task Run_AtALevel_IsExecutedByTheRealWorker(string level, bool native)
    {
        var worker = native ? WorkerBuild.Find(null, AppContext.BaseDirectory).File : RunningScheduler.WorkerFolder;
        Assert.SkipWhen(worker.EndsWith(".dll", StringComparison.Ordinal), "The native worker has not been published from these sources: dotnet publish Agency.Worker -r <rid> -p:PublishAot=true.");
        await using (var offered = new HostileWorkers(Enum.Parse<SandboxLevel>(level), new SandboxOptions()))
        {
            await offered.StartAsync();
        }

        await using var scheduler = await StartAsync((WorkerBuild.PathVariable, worker), ("Scheduler:Sandbox:Level", level));

        await UntilRunsAsync("succeeded");

        Assert.Equal("Acme", Assert.Single(_stubs.State.Calls, c => c.Tool == "say").Text);
    }

    [Fact]
    public async Task Run_WorkerFloodsItsOutput_HasFailedAndSaysWhy()
    {
        await Test.ExecuteAsync("""update agency.workflow set inputs = '{"attacks":"output"}'""");
        await using var scheduler = await StartAsync((WorkerBuild.PathVariable, HostileWorkers.Program));

        await UntilRunsAsync("failed");

        Assert.Equal(
            ["lost|The worker was lost: it wrote more than 67108864 bytes in all."], await RowsAsync("select error_kind, error_message from run"));
        Assert.Contains("protocol_violation|The worker wrote a line of more than 65536 bytes.", await RowsAsync("select type, message from run_event"));
    }

    [Fact]
    public async Task Start_ProductionWithALevelThatIsTooWeak_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<SandboxRefusedException>(() => StartAsync(("PRODUCTION_MODE", "true"), ("Scheduler:Sandbox:Level", "bare")));

        Assert.Contains("Scheduler__Sandbox__PodIsolates=true", refused.Message, StringComparison.Ordinal);
    }

    private Task<Testing.Mcp.RunningServer> StartAsync(params (string Key, string Value)[] settings) => RunningScheduler.StartAsync(Test, _stubs, settings);

    private Task UntilRunsAsync(string status) => RunningScheduler.UntilAsync(
        async () => await Test.ScalarAsync<long>($"select count(*) from agency.run where status = '{status}'") > 0,
        async () => string.Join(" / ", await RowsAsync("select status, attempt, error_message from run; select type, message from run_event")));
}
