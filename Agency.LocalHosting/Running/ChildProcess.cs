using System.Diagnostics;
using Agency.LocalHosting.Processes;

namespace Agency.LocalHosting.Running;

/// <summary>What to run: program, arguments, folder, and the whole environment.</summary>
internal sealed record ProcessRecipe(string File, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment);

/// <summary>
/// A process of a resource. It holds the reading end of a pipe whose writing end is ours: when this process dies, however it dies, the child
/// sees the end of its standard input and leaves.
/// </summary>
internal sealed class ChildProcess
{
    private readonly Process _process;
    private readonly Task _output;

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _output = Task.WhenAll(ReadAsync(process.StandardOutput, onLine), ReadAsync(process.StandardError, onLine));
    }

    public int Id => _process.Id;

    public Process Process => _process;

    public bool HasExited => _process.HasExited;

    public static ChildProcess Start(ProcessRecipe recipe, Action<string> onLine)
    {
        // A session of its own: Ctrl+C at the terminal is for the launcher, which then ends the others in order.
        bool ownSession = OperatingSystem.IsLinux() && File.Exists("/usr/bin/setsid");
        var start = ownSession
            ? new ProcessStartInfo("/usr/bin/setsid", [recipe.File, .. recipe.Arguments])
            : new ProcessStartInfo(recipe.File, recipe.Arguments);
        start.WorkingDirectory = recipe.WorkingDirectory;
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Clear();
        foreach (var (name, value) in recipe.Environment)
            start.Environment[name] = value;

        try
        {
            return new ChildProcess(Process.Start(start)!, onLine);
        }
        catch (System.ComponentModel.Win32Exception failure)
        {
            throw new DistributedApplicationException($"{recipe.File} could not be started: {failure.Message}", failure);
        }
    }

    /// <summary>Waits for the end, and a moment longer for the last lines: a grandchild may hold the output open.</summary>
    public async Task<int> WaitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        await Task.WhenAny(_output, Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, CancellationToken.None));
        return _process.ExitCode;
    }

    /// <summary>Asks it to end, and after <paramref name="within"/> makes it. False when it had to be killed.</summary>
    public async Task<bool> StopAsync(TimeSpan within)
    {
        if (_process.HasExited)
            return true;

        if (OperatingSystem.IsWindows())
            _process.StandardInput.Close();
        else
            Signals.Send(_process.Id, Signals.Terminate);
        try
        {
            await _process.WaitForExitAsync().WaitAsync(within, TimeProvider.System);
            return true;
        }
        catch (TimeoutException)
        {
            Kill();
            return false;
        }
    }

    public void Kill()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }

    /// <summary>As <c>kill -9</c> does it: this process alone.</summary>
    public void KillAlone()
    {
        if (!_process.HasExited)
            _process.Kill();
    }

    private static async Task ReadAsync(StreamReader reader, Action<string> onLine)
    {
        while (await reader.ReadLineAsync() is { } line)
            onLine(line);
    }
}
