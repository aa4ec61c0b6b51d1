using System.Diagnostics;
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

    private Process StartProcess(StubServers stubs, string folder)
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
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>Whether a process works in a folder below <paramref name="folder"/>.</summary>
    private static bool WorkersIn(string folder) => Directory.EnumerateDirectories("/proc").Any(process =>
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName.StartsWith(folder + "/", StringComparison.Ordinal) is true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    });
}
