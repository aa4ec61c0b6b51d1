using System.Globalization;
using Agency.Chaos.Tests.Checks;
using Agency.Chaos.Tests.Events;

namespace Agency.Chaos.Tests;

/// <summary>
/// Three schedulers in processes of their own, real workers, a database and a Redis of the test's own, and everything that can happen to them
/// at once. <c>AGENCY_CHAOS_SEED</c> repeats a run's events, <c>AGENCY_CHAOS_MINUTES</c> says how long they go on (two minutes by default).
/// </summary>
public sealed class ChaosTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Agency_WhateverHappensToItsProcesses_AccountsForEveryOccurrence()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("Signals processes and looks for them in /proc, as Linux has them.");
            return;
        }

        var seed = int.TryParse(Environment.GetEnvironmentVariable("AGENCY_CHAOS_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        var minutes = double.TryParse(Environment.GetEnvironmentVariable("AGENCY_CHAOS_MINUTES"), CultureInfo.InvariantCulture, out var wanted) ? wanted : 2;
        var length = TimeSpan.FromMinutes(minutes);
        var plan = ChaosPlan.Make(seed, length, ChaosRun.Schedulers, ChaosRun.Lease);
        var folder = Directory.CreateTempSubdirectory("chaos-").FullName;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        var report = Path.Combine(folder, "report.txt");

        // At once: whatever ends the test before its time, how to repeat it is known.
        output.WriteLine($"AGENCY_CHAOS_SEED={seed} AGENCY_CHAOS_MINUTES={minutes.ToString(CultureInfo.InvariantCulture)}; logs and report in {folder}");
        IReadOnlyList<CheckResult> results;
        await using (var run = await ChaosRun.StartAsync(folder, seed))
        {
            var history = await run.HappenAsync(plan, length);
            results = AllChecks.Run(history);
            await File.WriteAllTextAsync(report, ChaosReport.Write(seed, minutes, plan, run.Told, run.Processes, history, results));
            await File.WriteAllLinesAsync(Path.Combine(folder, "witnessed.txt"), ChaosReport.Witnessed(history));
            output.WriteLine(await File.ReadAllTextAsync(report));
        }

        Assert.True(results.All(r => r.Holds), string.Join(Environment.NewLine, results.Where(r => !r.Holds)));
        Directory.Delete(folder, recursive: true);
    }
}
