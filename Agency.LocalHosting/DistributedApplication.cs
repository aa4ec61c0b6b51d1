using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Agency.LocalHosting.Building;
using Agency.LocalHosting.Running;

namespace Agency.LocalHosting;

/// <summary>A declared application, ready to run on this machine.</summary>
public sealed class DistributedApplication : IAsyncDisposable
{
    private readonly ApplicationRunner _runner;
    private bool _stopped;

    internal DistributedApplication(ApplicationRunner runner) => _runner = runner;

    public ResourceNotificationService ResourceNotifications => _runner.Notifications;

    internal ApplicationRunner Runner => _runner;

    /// <summary>Begins an application. On a state folder that another AppHost uses, it says so and ends the program.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args)
    {
        var interception = EntryPointInterception.Current;
        try
        {
            return new DistributedApplicationBuilder(args, interception);
        }
        catch (DistributedApplicationException failure) when (interception is null)
        {
            Console.Error.WriteLine(failure.Message);
            Environment.Exit(1);
            throw;
        }
    }

    /// <summary>Starts everything, says what is where, and stops at Ctrl+C or SIGTERM. A failure to start is one message and exit code 1.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal);
        var clock = Stopwatch.StartNew();
        try
        {
            await StartAsync(stop.Token);
            await SummariseAsync(clock.Elapsed, stop.Token);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _runner.Log.WritePlain("Stopping ...");
        }
        catch (DistributedApplicationException failure)
        {
            await Console.Error.WriteLineAsync($"\nThe agency did not start.\n{failure.Message}\n");
            Environment.ExitCode = 1;
        }
        finally
        {
            clock.Restart();
            await DisposeAsync();
            if (Environment.ExitCode == 0)
                _runner.Log.WritePlain($"Stopped ({clock.Elapsed.TotalSeconds:0.0} s).");
        }
    }

    /// <summary>Ends when every resource is healthy or has completed.</summary>
    public Task StartAsync(CancellationToken cancellationToken = default) => _runner.StartAsync(cancellationToken);

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_stopped)
            return;
        _stopped = true;
        await _runner.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _runner.Builder.State.Dispose();
    }

    internal Uri GetEndpoint(string resourceName, string endpointName)
    {
        var resource = _runner.Builder.Resources.OfType<IResourceWithEndpoints>().FirstOrDefault(r => string.Equals(r.Name, resourceName, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException($"There is no resource '{resourceName}' with endpoints.", nameof(resourceName));
        return new Uri(new EndpointReference(resource, endpointName).Url);
    }

    internal async Task<ProgramResult> RunProgramAsync(string resourceName, string[] arguments, CancellationToken ct)
    {
        var recipe = await _runner.FindProcess(resourceName).RecipeAsync(0, new Dictionary<string, int>(), arguments, ct);
        var start = new ProcessStartInfo(recipe.File, recipe.Arguments)
        {
            WorkingDirectory = recipe.WorkingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in recipe.Environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ct);
            var error = process.StandardError.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, ct);
            return new ProgramResult(process.ExitCode, (await output).Trim(), (await error).Trim());
        }
        catch (TimeoutException)
        {
            return new ProgramResult(-1, "", "it did not end within 30 s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private async Task SummariseAsync(TimeSpan elapsed, CancellationToken ct)
    {
        var builder = _runner.Builder;
        var context = new StartupContext(this, builder);
        if (builder.AppHost.GetCustomAttribute<StartupStepAttribute>() is { } attribute)
            await ((IStartupStep)Activator.CreateInstance(attribute.Step)!).RunAsync(context, ct);

        context.Add("State", builder.State.Path);
        context.Add("Telemetry", builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 } collector
            ? $"goes to {collector}"
            : "goes nowhere; set OTEL_EXPORTER_OTLP_ENDPOINT to send it to a collector");
        _runner.Log.WritePlain(context.Render($"The agency is ready ({elapsed.TotalSeconds:0.0} s). Ctrl+C stops it."));
    }
}
