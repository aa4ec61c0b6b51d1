using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Agency.EmbeddedServers.Processes;

namespace Agency.EmbeddedServers.Garnet;

/// <summary>
/// A Redis server of one's own: <c>Agency.Garnet</c> as a child process on the loopback address. It ends when it is disposed of and when this
/// process dies, however it dies, because this process holds the other end of its standard input.
/// </summary>
public sealed class EmbeddedGarnet : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly Task _output;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EmbeddedGarnet(Process process, int port, string password, Action<string> log)
    {
        (_process, Port) = (process, port);
        ConnectionString = $"127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)},password={password}";
        _output = Task.WhenAll(ReadAsync(process.StandardOutput, log), ReadAsync(process.StandardError, log));
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>As StackExchange.Redis reads it.</summary>
    public string ConnectionString { get; }

    public int ProcessId => _process.Id;

    /// <summary>The port of the last start from this folder when it is free, else a free one, which is remembered.</summary>
    public static int ChoosePort(string folder)
    {
        Directory.CreateDirectory(folder);
        string file = Path.Combine(folder, "port");
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.None, CultureInfo.InvariantCulture, out int last) && Ports.IsFree(last))
            return last;

        int port = Ports.FindFree();
        File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }

    /// <summary>Starts the server and waits until it accepts connections.</summary>
    /// <exception cref="EmbeddedServerException">It cannot run here; the message says why and what to do.</exception>
    public static async Task<EmbeddedGarnet> StartAsync(EmbeddedGarnetOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(options.Program))
            throw new EmbeddedServerException($"Garnet is not built: {options.Program} is missing. Run: dotnet build");

        int port = options.Port ?? ChoosePort(options.Folder);
        var garnet = new EmbeddedGarnet(Launch(options, port), port, options.Password, options.Log);
        try
        {
            await Task.WhenAny(garnet._ready.Task, garnet.WaitForExitAsync(cancellationToken)).WaitAsync(ReadyWithin, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            await garnet.DisposeAsync();
            throw new EmbeddedServerException($"Garnet did not accept connections on port {port} within {ReadyWithin.TotalSeconds:0} s.");
        }
        catch (OperationCanceledException)
        {
            await garnet.DisposeAsync();
            throw;
        }

        if (garnet._ready.Task.IsCompleted)
            return garnet;
        throw new EmbeddedServerException(
            Ports.IsFree(port)
                ? $"Garnet ended with exit code {garnet._process.ExitCode} before it accepted connections. Its log says why."
                : $"Port {port} is taken, so Garnet cannot listen on it. End what uses it, or choose another port.");
    }

    /// <summary>Waits until the process has ended and its last lines were read; returns its exit code.</summary>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        await Task.WhenAny(_output, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None));
        return _process.ExitCode;
    }

    /// <summary>Ends the process; after two seconds without regard to what it is doing.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(2), TimeProvider.System);
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
    }

    private static Process Launch(EmbeddedGarnetOptions options, int port)
    {
        string[] command = [DotNet.Program, options.Program, port.ToString(CultureInfo.InvariantCulture), options.Folder];

        // A session of its own: Ctrl+C at the terminal must not end it before the services that use it.
        if (File.Exists("/usr/bin/setsid"))
            command = ["/usr/bin/setsid", .. command];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = options.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["AGENCY_REDIS_PASSWORD"] = options.Password;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception failure)
        {
            throw new EmbeddedServerException($"{command[0]} could not be started: {failure.Message}", failure);
        }
    }

    private async Task ReadAsync(StreamReader reader, Action<string> log)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("Ready to accept connections", StringComparison.Ordinal))
                _ready.TrySetResult();
            log(line);
        }
    }
}
