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
        var worker = details.GetProperty("events").EnumerateArray().First(e => e.GetProperty("type").GetString() == "span").GetProperty("data").GetProperty("span_id").GetString()!;
        string[] wanted = ["scheduler", "context", "health"];
        await agency.WaitForAsync<bool>($"trace {trace} with spans of {string.Join(", ", wanted)} and the worker's {worker}", TimeSpan.FromSeconds(30), async () =>
        {
            var spans = await agency.Telemetry.GetSpansAsync(trace);
            var services = spans.Select(s => s.Service).ToHashSet();

            // The worker's own spans are exported by the scheduler, under the ids that the servers' spans name as parents.
            return wanted.All(services.Contains) && spans.Any(s => s.Span.GetProperty("spanId").GetString() == worker) ? true : null;
        });
    }
}
