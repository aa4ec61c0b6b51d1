using System.Diagnostics;
using Agency.WorkerProtocol;

namespace Agency.Worker.Tests;

/// <summary>
/// The built worker as a child process, with an environment of nothing but where .NET lies. <c>AGENCY_WORKER_PATH</c> tests another build of it, such as
/// the NativeAOT one.
/// </summary>
internal sealed class WorkerUnderTest : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _deadline = new(Deadline);
    private readonly IAsyncEnumerator<RunEventLine> _lines;
    private readonly Task<string> _errors;

    public WorkerUnderTest(string? executable = null, params string[] arguments)
    {
        Process = Process.Start(Command(executable, arguments))!;
        _lines = new RunEventReader(Process.StandardOutput.BaseStream).ReadAllAsync(_deadline.Token).GetAsyncEnumerator();
        _errors = Process.StandardError.ReadToEndAsync(_deadline.Token);
    }

    public Process Process { get; }

    public CancellationToken BeforeDeadline => _deadline.Token;

    /// <summary>How it is started.</summary>
    public static ProcessStartInfo Command(string? executable = null, params string[] arguments)
    {
        var built = Path.Combine(AppContext.BaseDirectory, "worker", OperatingSystem.IsWindows() ? "Agency.Worker.exe" : "Agency.Worker");
        var start = new ProcessStartInfo(executable ?? Environment.GetEnvironmentVariable("AGENCY_WORKER_PATH") ?? built, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment.Clear();
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "../../.."));
        return start;
    }

    public static RunEnvelope Envelope(FakeGateway gateway, string sop) => new()
    {
        Protocol = RunEnvelope.CurrentProtocol,
        RunId = "run-1",
        Company = new("acme", "Acme"),
        Workflow = new("weekly-acme", "weekly_reporting"),
        Sop = sop,
        Attempt = 1,
        ScheduledFor = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
        Limits = new(60, 30, 64 * 1024),
        GatewaySocket = gateway.Socket,
        Servers = ["context", "operations", "health"],
    };

    /// <summary>Starts a worker, gives it the envelope and reads all it says.</summary>
    public static async Task<FinishedRun> RunAsync(RunEnvelope envelope)
    {
        using var worker = new WorkerUnderTest();
        worker.Send(RunEnvelopes.ToLine(envelope));
        return await worker.FinishAsync();
    }

    public void Send(byte[] line)
    {
        Process.StandardInput.BaseStream.Write(line);
        Process.StandardInput.BaseStream.Flush();
    }

    /// <summary>Waits until it has said that it is ready.</summary>
    public async Task ReadyAsync()
    {
        Assert.True(await _lines.MoveNextAsync());
        Assert.IsType<ReadyEvent>(_lines.Current.Event);
    }

    public void EndInput() => Process.StandardInput.Close();

    /// <summary>Reads to the end of the output and waits for the exit. Whatever was written must be events.</summary>
    public async Task<FinishedRun> FinishAsync()
    {
        var events = new List<RunEvent>();
        while (await _lines.MoveNextAsync())
        {
            Assert.Null(_lines.Current.Violation);
            events.Add(_lines.Current.Event!);
        }

        await Process.WaitForExitAsync(_deadline.Token);
        return new FinishedRun(Process.ExitCode, events, await _errors);
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        Process.Dispose();
        _deadline.Dispose();
    }
}

/// <summary>All that a worker said.</summary>
internal sealed record FinishedRun(int ExitCode, IReadOnlyList<RunEvent> Events, string Errors)
{
    public OutcomeEvent Outcome => Assert.IsType<OutcomeEvent>(Events[^1]);

    public IEnumerable<StepFinishedEvent> Steps => Events.OfType<StepFinishedEvent>();

    public OutcomeEvent Succeeded()
    {
        Assert.Null(Outcome.Error?.Message);
        Assert.Equal(WorkerExit.Done, ExitCode);
        return Outcome;
    }

    public RunError FailedAs(FailureKind kind)
    {
        Assert.Equal(WorkerExit.Done, ExitCode);
        Assert.Equal(RunOutcome.Failed, Outcome.Outcome);
        Assert.True(kind == Outcome.Error!.Kind, $"{Outcome.Error}");
        return Outcome.Error;
    }
}
