using System.Text;
using Agency.Worker.Mcp;
using Agency.Worker.Runs;
using Agency.WorkerProtocol;

namespace Agency.Worker.Hosting;

/// <summary>
/// The life of the process: warm up, say ready, take one envelope, work its run, exit. There is nothing to clean up, so cancelling is exiting:
/// at the end of standard input at once, and on SIGTERM by the system's default.
/// </summary>
internal sealed class WorkerProcess(Stream input, Stream output, Stream errors, TimeProvider time)
{
    private readonly RunEventWriter _events = new(output);

    public async Task<int> RunAsync()
    {
        try
        {
            await WarmUp.RunAsync(time).ConfigureAwait(false);
            _events.Write(new ReadyEvent { At = time.GetUtcNow(), Protocol = RunEnvelope.CurrentProtocol, ProcessId = Environment.ProcessId });
            return await TakeEnvelopeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log($"The worker failed: {e}");
            return WorkerExit.Internal;
        }
    }

    private async Task<int> TakeEnvelopeAsync()
    {
        var reader = new EnvelopeReader(input);
        var line = await OnOwnThread(reader.ReadLine).ConfigureAwait(false);
        if (line is null)
        {
            if (reader.Problem is null) return WorkerExit.Done;
            Log(reader.Problem);
            return WorkerExit.BadEnvelope;
        }

        if (!RunEnvelopes.TryParse(line, out var envelope, out var error))
        {
            Log(error);
            return WorkerExit.BadEnvelope;
        }

        // Not disposed: that would fail a cancelled run's call, and the run could still write an outcome before the process is gone.
        var http = GatewayHttp.Create(envelope.GatewaySocket);
        var run = Task.Run(() => new RunExecutor(envelope, _events, http, time).RunAsync());
        var end = OnOwnThread(() => reader.WaitForEnd(() => Log("More than one envelope was sent; a worker takes one, the rest is ignored.")));
        if (await Task.WhenAny(run, end).ConfigureAwait(false) == end && !run.IsCompleted)
        {
            Log("Standard input ended during the run, which cancels it.");
            return WorkerExit.Cancelled;
        }

        await run.ConfigureAwait(false);
        return WorkerExit.Done;
    }

    // Reads that block would starve a small thread pool of the threads that the run needs.
    private static Task<T> OnOwnThread<T>(Func<T> read) => Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Log(string message)
    {
        errors.Write(Encoding.UTF8.GetBytes(message + "\n"));
        errors.Flush();
    }
}
