using System.Text;
using Agency.EmbeddedServers.Processes;

namespace Agency.EndToEnd.Tests;

/// <summary>The scheduler dies in the middle of a run. Alone in its collection: it takes the scheduler of all tests down for a moment.</summary>
[Collection(nameof(CrashTests))]
[CollectionDefinition(nameof(CrashTests), DisableParallelization = true)]
public sealed class CrashTests(RunningAgency agency)
{
    private const int Steps = 200;

    [Fact]
    public async Task Run_WhoseSchedulerIsKilled_IsFinishedOnceAfterTheRestart()
    {
        await agency.AddClientAsync("client-k", "Client K", "khaki");
        var context = await agency.ConnectAsync("context");
        await context.CallAsync("save_sop", new { client = "client-k", name = "long_work", markdown = LongProcedure() });
        var operations = await agency.ConnectAsync("operations");
        await operations.CallAsync("register_workflow", new { client = "client-k", id = "long-k", type = "long_work", max_attempts = 3, retry_initial_seconds = 1 });
        await operations.CallAsync("run_workflow_now", new { client = "client-k", id = "long-k" });

        var before = await agency.WaitForRunAsync(operations, "client-k", run => run.GetProperty("status").GetString() == "running");
        agency.Signal("scheduler", Signals.Kill);
        var after = await agency.WaitForRunAsync(
            operations, "client-k", run => run.GetProperty("status").GetString() is "succeeded" or "failed", TimeSpan.FromSeconds(90));

        var run = after.GetProperty("run");
        Assert.Equal("succeeded", run.GetProperty("status").GetString());
        Assert.Equal(2, run.GetProperty("attempt").GetInt32());
        var steps = after.GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal(Steps, steps.Count(s => s.GetProperty("attempt").GetInt32() == 2));
        Assert.InRange(steps.Count(s => s.GetProperty("attempt").GetInt32() == 1), 0, Steps - 1);
        Assert.Equal(run.GetProperty("run_id").GetString(), before.GetProperty("run").GetProperty("run_id").GetString());
        var succeeded = after.GetProperty("events").EnumerateArray().Count(e => e.GetProperty("type").GetString() == "succeeded");
        Assert.Equal(1, succeeded);
    }

    /// <summary>A procedure of so many calls that it can be interrupted.</summary>
    private static string LongProcedure()
    {
        var text = new StringBuilder("---\nname: long_work\ndescription: Takes a while.\n---\n# Long work\n\n");
        for (var step = 1; step <= Steps; step++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{step}. Look.\n\n      ```tool context.get_company_profile as look{step}\n      ")
                .Append("{ \"client\": \"{{ company.id }}\" }\n      ```\n\n");
        }

        return text.ToString();
    }
}
