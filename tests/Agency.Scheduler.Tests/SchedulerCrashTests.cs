using System.Diagnostics;
using System.Globalization;
using Agency.Scheduler.Sandboxing;
using Agency.Scheduler.Tests.Sandboxing;
using Agency.Scheduler.Workers;
using Agency.Testing;

namespace Agency.Scheduler.Tests;

/// <summary>A scheduler in a process of its own, killed outright in the middle of a run.</summary>
[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class SchedulerCrashTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    [Fact]
    public async Task Kill_InTheMiddleOfARun_TakesItsWorkersAlongAndTheNextOneFinishesTheRunOnce()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks for processes in /proc.");
        await using var stubs = await StubServers.StartAsync();
        stubs.State.Sops["wait"] = "---\nname: wait\n---\n# Wait\n\n1. **Wait.** Long.\n\n   ```tool operations.wait\n   {}\n   ```\n";
        await Test.AddCompanyAsync("acme");
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "wait", initial: 0);
        var folder = Directory.CreateTempSubdirectory("sc-").FullName;
        using (var doomed = StartProcess(stubs, folder))
        {
            await RunningScheduler.UntilAsync(() => Task.FromResult(doomed.HasExited || stubs.State.Calls.Any(c => c.Tool == "wait")));
            Assert.False(doomed.HasExited);
            Assert.Equal("running", await Test.ScalarAsync<string>("select status from agency.run"));
            doomed.Kill();
            await doomed.WaitForExitAsync();
        }

        await RunningScheduler.UntilAsync(() => Task.FromResult(!WorkersIn(folder)));
        Assert.NotEmpty(Directory.EnumerateDirectories(folder));
        stubs.State.Release();
        await using (await RunningScheduler.StartAsync(Test, stubs, ("Scheduler:WorkFolder", folder), ("Scheduler:Lease", "00:00:02")))
        {
            await RunningScheduler.UntilAsync(async () => await Test.ScalarAsync<string>("select status from agency.run") == "succeeded");
        }

        Assert.Equal(["2|2"], await RowsAsync("select attempt, fencing from run"));
        Assert.Equal(["1|1"], await RowsAsync("select count(*) filter (where type = 'lost'), count(*) filter (where type = 'succeeded') from run_event"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
        Directory.Delete(folder);
    }

    [Theory]
    [MemberData(nameof(HostileWorkerTests.Levels), MemberType = typeof(HostileWorkerTests))]
    public async Task Kill_WhileAWorkerMeansToStay_LeavesWhatTheDocumentSays(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks for processes in /proc.");
        var level = Enum.Parse<SandboxLevel>(name);
        await using (var offered = new HostileWorkers(level, new SandboxOptions()))
        {
            await offered.StartAsync();
        }

        await using var stubs = await StubServers.StartAsync();
        stubs.State.Sops["stay"] = "---\nname: stay\n---\n# Stay\n\n1. **Stay.** For ever.\n\n   ```tool operations.wait\n   {}\n   ```\n";
        await Test.AddCompanyAsync("acme");
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "stay");
        await Test.ExecuteAsync("""update agency.workflow set inputs = '{"attacks":"parent-death outlive stay"}'""");
        var folder = Directory.CreateTempSubdirectory("sh-").FullName;
        using (var doomed = StartProcess(stubs, folder, (WorkerBuild.PathVariable, HostileWorkers.Program), ("Scheduler:Sandbox:Level", name)))
        {
            await RunningScheduler.UntilAsync(
                async () => doomed.HasExited || await Test.ScalarAsync<long>("select count(*) from agency.run_event where type = 'note'") == 2);
            Assert.False(doomed.HasExited);
            doomed.Kill();
            await doomed.WaitForExitAsync();
        }

        if (IsolationTable.IsStopped(IsolationTable.OutliveScheduler, level))
        {
            await RunningScheduler.UntilAsync(() => Task.FromResult(!WorkersIn(folder)));
        }
        else
        {
            // Those that wait for a run leave at the end of their input; what obeys somebody else does not.
            Assert.True(WorkersIn(folder));
            foreach (var left in In(folder))
            {
                using var process = Process.GetProcessById(left);
                process.Kill();
            }
        }

        Directory.Delete(folder, recursive: true);
    }

    private Process StartProcess(StubServers stubs, string folder, params (string Key, string Value)[] others)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Agency.Scheduler.dll"), "--urls=http://127.0.0.1:0"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = false,
        };
        var settings = stubs.Tokens.Settings.Concat(stubs.Settings).Concat(new Dictionary<string, string?>
        {
            ["ConnectionStrings:agency"] = Test.ConnectionString("scheduler_agency"),
            ["Tokens:SigningKey"] = stubs.Tokens.SchedulerSigningKey,
            ["Scheduler:WorkFolder"] = folder,
            ["Scheduler:Lease"] = "00:00:02",
            ["Scheduler:Prewarmed"] = "2",
            ["AGENCY_WORKER_PATH"] = RunningScheduler.WorkerFolder,
            ["Logging:LogLevel:Default"] = "Error",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
            ["AGENCY_PARENT_WATCH"] = "",
            ["PRODUCTION_MODE"] = "",
            ["JULES_COMPANY"] = "",
        });
        settings = settings.Concat(others.Select(o => KeyValuePair.Create(o.Key, (string?)o.Value)));
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Whether a process works in a folder below <paramref name="folder"/>.</summary>
    private static bool WorkersIn(string folder) => In(folder).Any();

    private static IEnumerable<int> In(string folder) => Directory.EnumerateDirectories("/proc").Where(process =>
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName.StartsWith(folder + "/", StringComparison.Ordinal) is true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }).Select(process => int.TryParse(Path.GetFileName(process), CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0);
}
