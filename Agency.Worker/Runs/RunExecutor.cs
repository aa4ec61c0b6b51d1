using System.Text;
using System.Text.Json.Nodes;
using Agency.Sops;
using Agency.Worker.Mcp;
using Agency.Worker.Tracing;
using Agency.WorkerProtocol;

namespace Agency.Worker.Runs;

/// <summary>Works one run: parses the procedure, injects the company's context, takes the steps in order, and writes the outcome.</summary>
internal sealed class RunExecutor(RunEnvelope envelope, RunEventWriter events, HttpClient http, TimeProvider time)
{
    private readonly Tracer _tracer = new(events, time, envelope.Traceparent);
    private readonly GatewayTools _tools = new(envelope, http);
    private readonly SopScope _scope = new SopScope()
        .WithCompany(envelope.Company.Id, envelope.Company.Name)
        .WithWorkflow(envelope.Workflow.Id, envelope.Workflow.Type)
        .WithRun(envelope.RunId, envelope.ScheduledFor, envelope.Attempt);

    private int _toolCalls;

    public async Task<OutcomeEvent> RunAsync()
    {
        RunError? error;
        string summary;
        using (var span = _tracer.Start($"run {envelope.Workflow.Type}"))
        {
            span.With("agency.run", envelope.RunId).With("agency.company", envelope.Company.Id).With("agency.workflow", envelope.Workflow.Id);
            (error, summary) = await WorkAsync(span).ConfigureAwait(false);
            if (error is not null) span.Fail(error.Kind);
        }

        var outcome = new OutcomeEvent
        {
            At = time.GetUtcNow(),
            Outcome = error is null ? RunOutcome.Succeeded : RunOutcome.Failed,
            Error = error,
            Summary = ProtocolText.Clip(summary, ProtocolText.MaxMessage),
            ToolCalls = _toolCalls,
        };
        events.Write(outcome);
        return outcome;
    }

    private async Task<(RunError? Error, string Summary)> WorkAsync(WorkerSpan run)
    {
        var parsed = SopParser.Parse(envelope.Sop);
        if (parsed.Sop is not { } sop)
        {
            var errors = string.Join(' ', parsed.Errors.Select(e => $"{e}"));
            return (Permanent($"The procedure of '{envelope.Workflow.Type}' cannot run. {errors}"), "Not started: the procedure has errors.");
        }

        var inputs = SopInputs.Resolve(sop, envelope.Inputs, out var inputProblems);
        if (inputProblems.FirstOrDefault(p => p.Severity is SopSeverity.Error) is { } missing) return (Permanent(missing.Message), "Not started: an input is missing.");
        _scope.WithInputs(inputs);

        events.Write(new StartedEvent { At = time.GetUtcNow(), RunId = envelope.RunId, Sop = sop.Name, Steps = sop.Steps.Count });
        foreach (var warning in parsed.Problems.Select(p => $"{p}").Concat(inputProblems.Select(p => p.Message))) Note(warning);

        using var clock = new StepClock(envelope.Limits, sop.StepTimeout, time);
        if (sop.InjectsContext && await InjectContextAsync(sop, clock, run).ConfigureAwait(false) is { } injectionError)
        {
            return (injectionError with { Message = Message($"The company's context could not be fetched. {injectionError.Message}") }, "Not started: no context.");
        }

        foreach (var step in sop.Steps)
        {
            if (await TakeStepAsync(step, clock, run).ConfigureAwait(false) is { } error) return (error, $"Failed at step {step.Number} of {sop.Steps.Count}, '{step.Title}'.");
        }

        return (null, $"{sop.Title}: {sop.Steps.Count} steps, {_toolCalls} tool calls.");
    }

    private async Task<RunError?> InjectContextAsync(Sop sop, StepClock clock, WorkerSpan run)
    {
        using var span = _tracer.Start("inject context", parent: run);
        if (!SopTemplate.TryRenderText(sop.ContextQuery, _scope, out var query, out var wrong)) return Failed(span, Permanent(wrong));

        var profile = await CallAsync(SopTool.GetProfile, new JsonObject { ["client"] = envelope.Company.Id }, clock, span).ConfigureAwait(false);
        if (profile.Error is not null) return Failed(span, profile.Error);
        var found = await CallAsync(
            SopTool.QueryContext,
            new JsonObject { ["client"] = envelope.Company.Id, ["query"] = query, ["limit"] = ContextInjection.PassageLimit },
            clock,
            span).ConfigureAwait(false);
        if (found.Error is not null) return Failed(span, found.Error);

        if (profile.TooLarge || found.TooLarge) Note("The company's context is larger than the run's limit and cannot be used in full.");
        var passages = ContextInjection.Passages(found);
        _scope.WithContext(profile.Value, passages);
        events.Write(new ContextInjectedEvent
        {
            At = time.GetUtcNow(),
            ProfileBytes = Encoding.UTF8.GetByteCount(profile.Value?.ToJsonString() ?? "null"),
            ProfileUpdatedAt = ContextInjection.UpdatedAt(profile),
            Query = Message(query),
            Passages = passages.Count,
            PassageIds = ContextInjection.Ids(passages),
        });
        return null;
    }

    private async Task<RunError?> TakeStepAsync(SopStep step, StepClock clock, WorkerSpan run)
    {
        var title = ProtocolText.Clip(step.Title, ProtocolText.MaxName);
        var tool = step.Call?.Tool.ToString();
        events.Write(new StepStartedEvent { At = time.GetUtcNow(), Ordinal = step.Number, Title = title, Tool = tool });
        using var span = _tracer.Start($"step {step.Number}", parent: run).With("agency.step.title", title);

        var answer = step.Call is { } call
            ? await CallStepAsync(call, clock, span).ConfigureAwait(false)
            : new ToolAnswer { Excerpt = ProtocolText.Clip(step.Instructions, ProtocolText.MaxExcerpt) };
        if (answer.Error is { } error) span.Fail(error.Kind);

        events.Write(new StepFinishedEvent
        {
            At = time.GetUtcNow(),
            Ordinal = step.Number,
            Title = title,
            Tool = tool,
            Status = answer.Error is not null ? StepStatus.Failed : tool is null ? StepStatus.Recorded : StepStatus.Succeeded,
            DurationMs = (long)span.Elapsed.TotalMilliseconds,
            Result = answer.Excerpt.Length == 0 ? null : answer.Excerpt,
            Truncated = answer.TooLarge,
            Error = answer.Error,
            SpanId = span.SpanId,
        });
        return answer.Error;
    }

    private async Task<ToolAnswer> CallStepAsync(SopToolCall call, StepClock clock, WorkerSpan span)
    {
        if (!SopTemplate.TryRender(call.ArgumentsTemplate, _scope, out var arguments, out var wrong)) return new ToolAnswer { Error = Permanent(wrong) };
        _toolCalls++;
        var answer = await CallAsync(call.Tool, (JsonObject)arguments!, clock, span).ConfigureAwait(false);
        if (answer.TooLarge) _scope.WithholdStep(call.As, $"the result of '{call.Tool}' was larger than {envelope.Limits.MaxResultBytes} bytes. Ask the tool for less.");
        else if (answer.Error is null) _scope.AddStep(call.As, answer.Value);
        return answer;
    }

    private async Task<ToolAnswer> CallAsync(SopTool tool, JsonObject arguments, StepClock clock, WorkerSpan parent)
    {
        using var span = _tracer.Start($"tools/call {tool.Tool}", SpanKind.Client, parent)
            .With("mcp.method.name", "tools/call").With("gen_ai.tool.name", tool.Tool).With("agency.server", tool.Server);
        var answer = await clock.LimitAsync(tool, cancelled => _tools.CallAsync(tool, arguments, span.Traceparent, cancelled)).ConfigureAwait(false);
        if (answer.Error is { } error) span.Fail(error.Kind);
        return answer;
    }

    private void Note(string message) => events.Write(new NoteEvent { At = time.GetUtcNow(), Message = Message(message) });

    private static RunError Failed(WorkerSpan span, RunError error)
    {
        span.Fail(error.Kind);
        return error;
    }

    private static RunError Permanent(string message) => new(FailureKind.Permanent, Message(message));

    private static string Message(string text) => ProtocolText.Clip(text, ProtocolText.MaxMessage);
}
