namespace Agency.Hosting.Embedded;

/// <summary>A server that <see cref="EmbeddedServerLifecycle"/> starts, watches and stops.</summary>
internal interface IEmbeddedServer
{
    /// <summary>The port on the loopback address where it is known before the server runs, else null.</summary>
    int? Port { get; }

    /// <summary>Starts the server and waits until it accepts connections.</summary>
    /// <exception cref="EmbeddedServers.EmbeddedServerException">It cannot run here; the message says why and what to do.</exception>
    Task<RunningServer> StartAsync(Action<string> log, CancellationToken cancellationToken);

    /// <summary>Called once, after the last stop.</summary>
    void Clean()
    {
    }
}

/// <summary>A server that accepts connections.</summary>
/// <param name="Host">The name that clients connect to.</param>
/// <param name="Port">The port that clients connect to; the same at every later start.</param>
/// <param name="Source">What runs and where it comes from, for people.</param>
/// <param name="ProcessId">Its main process; null when it runs elsewhere.</param>
/// <param name="Exit">Completes when the process has ended, with its exit code where that is known.</param>
/// <param name="StopAsync">Ends it.</param>
internal sealed record RunningServer(string Host, int Port, string Source, int? ProcessId, Task<int?> Exit, Func<Task> StopAsync);
