using Agency.Worker.Runs;
using Agency.WorkerProtocol;

namespace Agency.Worker.Hosting;

/// <summary>
/// Works a small run against a server in memory while no real run is waiting: compiling what every run needs is most of what a short run costs.
/// </summary>
internal static class WarmUp
{
    /// <summary>Seconds. A machine that falls asleep meanwhile must not end it.</summary>
    private const int LongEnough = 24 * 60 * 60;

    private const string Procedure = """
        ---
        name: warm_up
        inputs:
          - name: a
            default: 1
        ---
        # Warm-up

        1. **Call.**

           ```tool context.recall as found
           { "client": "{{ company.id }}", "a": "{{ inputs.a }} {{ run.date }} {{ context.passages }}" }
           ```
        """;

    public static async Task RunAsync(TimeProvider time)
    {
        var line = RunEnvelopes.ToLine(new RunEnvelope
        {
            Protocol = RunEnvelope.CurrentProtocol,
            RunId = "warm-up",
            Company = new("warm-up", "Warm-up"),
            Workflow = new("warm-up", "warm_up"),
            Sop = Procedure,
            Attempt = 1,
            ScheduledFor = time.GetUtcNow(),
            Limits = new(LongEnough, LongEnough, 4096),
            GatewaySocket = "",
            Servers = ["context"],
        });
        if (!RunEnvelopes.TryParse(line.AsSpan(0, line.Length - 1), out var envelope, out var error)) throw new InvalidOperationException(error);

        using var http = new HttpClient(new WarmUpServer());
        var outcome = await new RunExecutor(envelope, new RunEventWriter(Stream.Null), http, time).RunAsync().ConfigureAwait(false);
        if (outcome.Error is not null) throw new InvalidOperationException($"The warm-up failed: {outcome.Error.Message}");
    }
}
