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

    /// <summary>Blocks its thread, which is the program's: reading a pipe cannot do otherwise, and another thread costs.</summary>
    public int Run()
    {
        try
        {
            WarmUp.RunAsync(time).GetAwaiter().GetResult();
            _events.Write(new ReadyEvent { At = time.GetUtcNow(), Protocol = RunEnvelope.CurrentProtocol, ProcessId = Environment.ProcessId });
            return TakeEnvelope();
        }
        catch (Exception e)
        {
            Log($"The worker failed: {e}");
            return WorkerExit.Internal;
        }
    }

    private int TakeEnvelope()
    {
        var reader = new EnvelopeReader(input);
        var line = reader.ReadLine();
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
        var end = WatchForEnd(reader);
        if (Task.WaitAny(run, end) == 1 && !run.IsCompleted)
        {
            Log("Standard input ended during the run, which cancels it.");
            return WorkerExit.Cancelled;
        }

        run.GetAwaiter().GetResult();
        return WorkerExit.Done;
    }

    // On a thread of its own: a read that blocks would take a small thread pool one of the threads that the run needs.
    private Task WatchForEnd(EnvelopeReader reader)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                reader.WaitForEnd(() => Log("More than one envelope was sent; a worker takes one, the rest is ignored."));
                ended.SetResult();
            }
            catch (IOException e)
            {
                ended.SetException(e);
            }
        })
        { IsBackground = true }.Start();
        return ended.Task;
    }

    private void Log(string message)
    {
        try
        {
            errors.Write(Encoding.UTF8.GetBytes(message + "\n"));
            errors.Flush();
        }
        catch (IOException)
        {
            // The scheduler is gone, and nobody reads it.
        }
    }
}
