using System.Runtime.InteropServices;
using Agency.Benchmarks.Reporting;

namespace Agency.Benchmarks;

internal static class Program
{
    private const int Missed = 1;
    private const int Misused = 2;
    private const int Failed = 3;
    private const int Interrupted = 130;

    public static async Task<int> Main(string[] args)
    {
        BenchmarkOptions options;
        try
        {
            options = BenchmarkOptions.Parse(args);
        }
        catch (FormatException e)
        {
            await Console.Error.WriteLineAsync($"{e.Message}\n\n{BenchmarkOptions.Usage}");
            return Misused;
        }

        // The server is stopped and its folder deleted on the way out.
        using var interrupt = new CancellationTokenSource();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupt.Cancel();
        }

        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var report = await SchedulingBenchmark.RunAsync(options, interrupt.Token);
            Console.WriteLine(ReportTable.Render(report));
            if (options.JsonFile is { } file)
            {
                await File.WriteAllTextAsync(file, ReportJson.Render(report), CancellationToken.None);
            }

            return options.Check && !report.AllMet ? Missed : 0;
        }
        catch (OperationCanceledException) when (interrupt.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"The benchmark could not be completed. {e}");
            return Failed;
        }
    }
}
