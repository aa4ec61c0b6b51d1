using System.Diagnostics;
using System.Text;
using Agency.Data.Runs;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Gateway;
using Agency.Scheduler.Settling;
using Agency.Scheduler.Sops;
using Agency.ServiceDefaults.Identity;
using Agency.Sops;
using Agency.WorkerProtocol;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Workers;

/// <summary>Executes one attempt in a worker of its own, from the procedure to the outcome.</summary>
internal sealed partial class RunExecutor(
    JournalWriter journals, CallGate calls, ISopSource sops, WorkerPool pool, TokenIssuer issuer, ServerAddresses addresses, RunGrants grants,
    SchedulerTelemetry telemetry, IOptions<SchedulerOptions> options, TimeProvider time, ILogger<RunExecutor> logger) : IRunExecutor
{
    /// <summary>Lines that break the protocol before the worker is given up.</summary>
    private const int MaxViolations = 20;

    private readonly ILogger _logger = logger;

    /// <inheritdoc />
    public async Task<AttemptResult> ExecuteAsync(ClaimedRun run, CancellationToken cancellationToken)
    {
        ActivityContext.TryParse(run.TraceParent, null, isRemote: true, out var parent);
        using var activity = SchedulerTelemetry.Source.StartActivity("run", ActivityKind.Consumer, parent);
        activity?.SetTag("agency.company", run.Key.CompanyId.Value).SetTag("agency.workflow", run.WorkflowId.Value)
            .SetTag("agency.run", run.Key.RunId.ToString()).SetTag("agency.attempt", run.Attempt);
        telemetry.Started();
        try
        {
            await using var journal = new RunJournal(journals, run, time, _logger);
            await journal.AddAsync("claimed", $"Attempt {run.Attempt} by {run.Key.Owner}.", cancellationToken);
            var result = await ExecuteAsync(run, journal, activity?.Id ?? run.TraceParent, cancellationToken);
            if (result is AttemptResult.Failed failed)
            {
                activity?.SetStatus(ActivityStatusCode.Error, failed.Kind.ToString());
            }

            return result;
        }
        catch (OperationCanceledException)
        {
            activity?.SetStatus(ActivityStatusCode.Error, "interrupted");
            throw;
        }
    }

    private async Task<AttemptResult> ExecuteAsync(ClaimedRun run, RunJournal journal, string? traceParent, CancellationToken cancellationToken)
    {
        var (markdown, failure) = await sops.GetAsync(run, cancellationToken);
        if (markdown is null)
        {
            return failure!;
        }

        var parsed = SopParser.Parse(markdown);
        if (parsed.Sop is not { } sop)
        {
            return new AttemptResult.Failed(RunErrorKind.Permanent, $"The procedure '{run.Type}' has errors: {string.Join(' ', parsed.Errors)}");
        }

        var (granted, refusal) = await grants.ForAsync(run.Key.CompanyId, run.Key.RunId, sop.AllowedTools, cancellationToken);
        if (granted is not { } grant)
        {
            return refusal!;
        }

        grant.TraceParent = traceParent;
        WorkerProcess worker;
        try
        {
            worker = await pool.TakeAsync(cancellationToken);
        }
        catch (WorkerStartException e)
        {
            return new AttemptResult.Failed(RunErrorKind.Transient, e.Message);
        }

        await using (worker)
        {
            var started = time.GetTimestamp();
            worker.Gateway.Bind(grant, new RunTokens(issuer, addresses, time, grant), asked => calls.MayCallAsync(run.Key, asked));
            worker.Rewrite(line => grant.Redactor.Redact(line));
            var result = await WorkAsync(run, worker, Envelope(run, markdown, worker, grant, traceParent), journal, cancellationToken);

            // Its last words may come from what it wrote on standard error.
            result = result is AttemptResult.Failed failed ? failed with { Message = grant.Redactor.Redact(failed.Message) } : result;
            return result with { Seconds = time.GetElapsedTime(started).TotalSeconds, ToolCalls = worker.Gateway.ToolCalls };
        }
    }

    private async Task<AttemptResult> WorkAsync(
        ClaimedRun run, WorkerProcess worker, RunEnvelope envelope, RunJournal journal, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(run.Timeout + options.Value.KillAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await worker.SendAsync(RunEnvelopes.ToLine(envelope), either.Token);
            var violations = 0;
            while (await worker.NextAsync(either.Token) is { } line)
            {
                switch (line.Event)
                {
                    case null when line.IsLast:
                        return Lost($"it wrote {line.Violation}");
                    case null when ++violations > MaxViolations:
                        return Lost("it broke the protocol again and again");
                    case null:
                        await journal.AddAsync("protocol_violation", $"The worker wrote {line.Violation}.", either.Token);
                        break;
                    case OutcomeEvent outcome:
                        return Result(outcome);
                    case SpanEvent span:
                        WorkerSpans.Export(span, envelope.Traceparent);
                        await journal.AddAsync(span, either.Token);
                        break;
                    case StartedEvent began:
                        pool.Replace();
                        if (run.Attempt == 1)
                        {
                            telemetry.Began(time.GetUtcNow() - run.ScheduledFor);
                        }

                        await journal.AddAsync(began, either.Token);
                        break;
                    default:
                        await journal.AddAsync(line.Event, either.Token);
                        break;
                }
            }

            return Lost(await worker.DescribeEndAsync());
        }
        catch (ArgumentException e)
        {
            return new AttemptResult.Failed(RunErrorKind.Permanent, e.Message);
        }
        catch (IOException)
        {
            return Lost(await worker.DescribeEndAsync());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            TimedOut(_logger, run.Key.RunId.Value, run.Timeout);
            return new AttemptResult.Failed(
                RunErrorKind.Timeout, $"The attempt took longer than {run.Timeout.TotalSeconds:0} s and did not end by itself; its worker was killed.");
        }
        finally
        {
            // Where it never began.
            pool.Replace();
        }
    }

    private RunEnvelope Envelope(ClaimedRun run, string markdown, WorkerProcess worker, RunGrant grant, string? traceParent)
    {
        var seconds = (int)Math.Ceiling(run.Timeout.TotalSeconds);
        return new RunEnvelope
        {
            Protocol = RunEnvelope.CurrentProtocol,
            RunId = run.Key.RunId.ToString(),
            Company = new RunCompany(run.Key.CompanyId.Value, run.CompanyName),
            Workflow = new RunWorkflow(run.WorkflowId.Value, run.Type),

            // A secret that somebody wrote into them must not get into prompts, and through a connector alone to anybody.
            Sop = grant.Redactor.Redact(markdown),
            Inputs = run.Inputs is { ValueKind: System.Text.Json.JsonValueKind.Object } inputs ? RedactedJson.Of(inputs, grant.Redactor)!.AsObject() : [],
            Attempt = run.Attempt,
            ScheduledFor = run.ScheduledFor,
            Limits = new RunLimits(seconds, Math.Min(seconds, (int)options.Value.StepTimeout.TotalSeconds), options.Value.MaxResultBytes),
            GatewaySocket = worker.Gateway.SocketPath,
            Servers = [.. grant.Servers],
            Traceparent = traceParent,
        };
    }

    private static AttemptResult Result(OutcomeEvent outcome) => outcome.Error is { } error
        ? new AttemptResult.Failed(
            error.Kind switch
            {
                FailureKind.Transient => RunErrorKind.Transient,
                FailureKind.Timeout => RunErrorKind.Timeout,
                _ => RunErrorKind.Permanent,
            },
            Printable(error.Message),
            Printable(outcome.Summary))
        : new AttemptResult.Succeeded(Printable(outcome.Summary));

    private static AttemptResult.Failed Lost(string how) => new(RunErrorKind.Lost, Printable($"The worker was lost: {how}."));

    /// <summary>As PostgreSQL takes it: without NUL, and without half a surrogate pair, as where the end of a longer text was kept.</summary>
    private static string Printable(string text) =>
        ProtocolText.Clip(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Replace('\0', '\uFFFD'), ProtocolText.MaxExcerpt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} exceeded {Limit}; its worker is killed.")]
    private static partial void TimedOut(ILogger logger, Guid run, TimeSpan limit);
}
