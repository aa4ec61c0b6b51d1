using System.Text;
using System.Text.Json;
using Agency.Worker.Runs;
using Agency.WorkerProtocol;

namespace Agency.Worker.Hosting;

/// <summary>
/// Works a small run against a server in memory while no real run is waiting: compiling what every run needs is most of what a short run costs.
/// </summary>
internal static class WarmUp
{
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

    /// <summary>A day for it all: a machine that falls asleep meanwhile must not end it.</summary>
    private static string Envelope => $$"""
        {
          "protocol": {{RunEnvelope.CurrentProtocol}}, "run_id": "warm-up", "attempt": 1, "scheduled_for": "2026-01-01T00:00:00Z",
          "company": { "id": "warm-up", "name": "Warm-up" }, "workflow": { "id": "warm-up", "type": "warm_up" },
          "limits": { "run_timeout_seconds": 86400, "step_timeout_seconds": 86400, "max_result_bytes": 4096 },
          "gateway_socket": "", "servers": ["context"], "sop": "{{JsonEncodedText.Encode(Procedure)}}"
        }
        """;

    public static async Task RunAsync(TimeProvider time)
    {
        if (!RunEnvelopes.TryParse(Encoding.UTF8.GetBytes(Envelope), out var envelope, out var error)) throw new InvalidOperationException(error);

        using var http = new HttpClient(new WarmUpServer());
        var outcome = await new RunExecutor(envelope, new RunEventWriter(Stream.Null), http, time).RunAsync().ConfigureAwait(false);
        if (outcome.Error is not null) throw new InvalidOperationException($"The warm-up failed: {outcome.Error.Message}");
    }
}
