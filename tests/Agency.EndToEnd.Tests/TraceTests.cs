namespace Agency.EndToEnd.Tests;

/// <summary>One run, one trace.</summary>
public sealed class TraceTests(RunningAgency agency)
{
    [Fact]
    public async Task Run_FromPlanToTools_IsOneTraceOfAllServicesInvolved()
    {
        await agency.AddClientAsync("client-t", "Client T", "taupe");
        var operations = await agency.ConnectAsync("operations");
        await operations.CallAsync("register_workflow", new { client = "client-t", id = "digest-t", type = "daily_digest" });
        await operations.CallAsync("run_workflow_now", new { client = "client-t", id = "digest-t" });

        var details = await agency.WaitForRunAsync(operations, "client-t", run => run.GetProperty("status").GetString() == "succeeded");

        var trace = details.GetProperty("trace_parent").GetString()!.Split('-')[1];
        string[] wanted = ["scheduler", "context", "health"];
        await agency.WaitForAsync<bool>($"spans of trace {trace} from {string.Join(", ", wanted)}", TimeSpan.FromSeconds(30), () =>
            Task.FromResult<bool?>(agency.Traces.ServicesOf(trace, wanted).Count == wanted.Length ? true : null));

        // The worker's own spans are exported by the scheduler, under the ids that the servers' spans name as parents.
        var span = details.GetProperty("events").EnumerateArray().First(e => e.GetProperty("type").GetString() == "span").GetProperty("data").GetProperty("span_id").GetString()!;
        await agency.WaitForAsync<bool>($"the worker's span {span}", TimeSpan.FromSeconds(30), () =>
            Task.FromResult<bool?>(agency.Traces.ServicesOf(span, "Agency.Worker").Count == 1 ? true : null));
    }
}
