using System.Diagnostics;
using System.Text;
using Agency.WorkerProtocol;
using ModelContextProtocol.Protocol;

namespace Agency.Worker.Tests;

public sealed class ProcessTests(FakeGateway gateway) : IClassFixture<FakeGateway>
{
    private const string Hanging = "---\nname: x\n---\n# X\n\n1. Hang.\n\n   ```tool context.hang\n   ```\n";

    [Fact]
    public async Task Process_InputEndsBeforeAnEnvelope_ExitsQuietly()
    {
        using var worker = new WorkerUnderTest();
        worker.EndInput();

        var run = await worker.FinishAsync();

        Assert.Equal(WorkerExit.Done, run.ExitCode);
        var ready = Assert.IsType<ReadyEvent>(Assert.Single(run.Events));
        Assert.Equal(worker.Process.Id, ready.ProcessId);
        Assert.Equal("", run.Errors);
    }

    [Fact]
    public async Task Process_AskedToConfineItselfInWordsItDoesNotKnow_DoesNotWork()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux can confine a process like this.");
        using var worker = new WorkerUnderTest(arguments: ["confine", "Everything", "0", "--"]);

        var run = await worker.FinishAsync();

        Assert.Equal(WorkerExit.NotConfined, run.ExitCode);
        Assert.Empty(run.Events);
        Assert.Contains("not understood", run.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense\n", "not valid")]
    [InlineData("{}\n", "not valid")]
    [InlineData("{\"protocol\":", "within the envelope")]
    public async Task Process_BadEnvelope_ExitsWithItsCodeAndSaysWhy(string line, string expected)
    {
        using var worker = new WorkerUnderTest();
        worker.Send(Encoding.UTF8.GetBytes(line));
        worker.EndInput();

        var run = await worker.FinishAsync();

        Assert.Equal(WorkerExit.BadEnvelope, run.ExitCode);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
        Assert.IsType<ReadyEvent>(Assert.Single(run.Events));
    }

    [Fact]
    public async Task Process_NobodyReadsWhatItSays_ExitsWithItsCodeAllTheSame()
    {
        using var process = Process.Start(WorkerUnderTest.Command())!;
        Assert.Contains("ready", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        process.StandardOutput.Close();
        process.StandardError.Close();
        await process.StandardInput.WriteLineAsync("nonsense");
        process.StandardInput.Close();

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(WorkerExit.BadEnvelope, process.ExitCode);
    }

    [Fact]
    public async Task Process_TooLongEnvelope_IsRefused()
    {
        using var worker = new WorkerUnderTest();
        worker.Send(new byte[RunEnvelope.MaxBytes + (64 * 1024)]);

        Assert.Equal(WorkerExit.BadEnvelope, (await worker.FinishAsync()).ExitCode);
    }

    [Fact]
    public async Task Process_SecondEnvelope_IsIgnored()
    {
        var first = RunEnvelopes.ToLine(WorkerUnderTest.Envelope(gateway, "# First\n\n1. a\n"));
        var second = RunEnvelopes.ToLine(WorkerUnderTest.Envelope(gateway, "# Second\n\n1. a\n") with { RunId = "run-2" });
        using var worker = new WorkerUnderTest();
        worker.Send([.. first, .. second]);

        var run = await worker.FinishAsync();

        Assert.Equal(WorkerExit.Done, run.ExitCode);
        Assert.Equal("run-1", Assert.Single(run.Events.OfType<StartedEvent>()).RunId);
        Assert.Single(run.Events.OfType<OutcomeEvent>());
        Assert.Contains("More than one envelope", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_InputEndsDuringTheRun_CancelsIt()
    {
        using var worker = new WorkerUnderTest();
        await HangAsync(worker);
        worker.EndInput();

        var run = await worker.FinishAsync();

        Assert.Equal(WorkerExit.Cancelled, run.ExitCode);
        Assert.DoesNotContain(run.Events, e => e is OutcomeEvent);
    }

    [Fact]
    public async Task Process_Sigterm_EndsItWithoutAnOutcome()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "Signals are a Unix matter.");
        using var worker = new WorkerUnderTest();
        await HangAsync(worker);
        using var kill = Process.Start("kill", ["-TERM", $"{worker.Process.Id}"]);

        var run = await worker.FinishAsync();

        Assert.Equal(128 + 15, run.ExitCode);
        Assert.DoesNotContain(run.Events, e => e is OutcomeEvent);
    }

    /// <summary>Returns when the worker's step is in the middle of its tool call.</summary>
    private async Task HangAsync(WorkerUnderTest worker)
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Runs("hang", async (_, cancelled) =>
        {
            called.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancelled);
            return new CallToolResult();
        });
        worker.Send(RunEnvelopes.ToLine(WorkerUnderTest.Envelope(gateway, Hanging)));
        await called.Task.WaitAsync(worker.BeforeDeadline);
    }
}
