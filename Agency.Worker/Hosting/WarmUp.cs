using System.Text.Json.Nodes;
using Agency.Sops;
using Agency.WorkerProtocol;

namespace Agency.Worker.Hosting;

/// <summary>Runs once what every run needs, while no run is waiting for it: compiling it is most of what a short run costs.</summary>
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
           { "client": "{{ company.id }}", "a": "{{ inputs.a }} {{ run.date }}" }
           ```
        """;

    public static void Run(TimeProvider time)
    {
        var now = time.GetUtcNow();
        var sop = SopParser.Parse(Procedure).Sop ?? throw new InvalidOperationException("The warm-up's own procedure does not parse.");
        var scope = new SopScope().WithCompany("c", "c").WithWorkflow("w", "w").WithRun("r", now, 1)
            .WithInputs(SopInputs.Resolve(sop, null, out _)).WithContext(new JsonObject(), new JsonArray());
        _ = SopTemplate.TryRender(sop.Steps[0].Call!.ArgumentsTemplate, scope, out _, out _);

        var envelope = RunEnvelopes.ToLine(new RunEnvelope
        {
            Protocol = RunEnvelope.CurrentProtocol,
            RunId = "r",
            Company = new("c", "c"),
            Workflow = new("w", "w"),
            Sop = "",
            Attempt = 1,
            ScheduledFor = now,
            Limits = new(1, 1, 1),
            GatewaySocket = "",
            Servers = [],
        });
        _ = RunEnvelopes.TryParse(envelope.AsSpan(0, envelope.Length - 1), out _, out _);

        var events = new RunEventWriter(Stream.Null);
        events.Write(new StepFinishedEvent { At = now, Ordinal = 1, Title = "", Status = StepStatus.Recorded, DurationMs = 0 });
        events.Write(new OutcomeEvent { At = now, Outcome = RunOutcome.Succeeded, Summary = "", ToolCalls = 0 });
    }
}
