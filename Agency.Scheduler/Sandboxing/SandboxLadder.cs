using Agency.Scheduler.Workers;
using Agency.ServiceDefaults.Hosting;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Sandboxing;

/// <summary>
/// Finds the best level of isolation that this machine offers to this user, by starting a worker at it: what a kernel, a container's profile
/// or a missing package takes away shows in nothing else.
/// </summary>
internal sealed partial class SandboxLadder(IOptions<SandboxOptions> options, AgencyMode mode, ILogger<SandboxLadder> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>How workers are started; null until a level was chosen, which takes a worker that starts.</summary>
    public Sandbox? Sandbox { get; private set; }

    /// <summary>Chooses, and returns the worker that the choice was made with; null when none starts at any level that may be used.</summary>
    /// <param name="start">Starts a worker and waits until it is ready.</param>
    /// <exception cref="SandboxRefusedException">What is offered is too weak.</exception>
    public async Task<WorkerProcess?> ChooseAsync(Func<Sandbox, Task<WorkerProcess>> start)
    {
        var least = options.Value.Least(mode.Production);
        var missing = new List<string>();
        foreach (var level in Enum.GetValues<SandboxLevel>().OrderDescending().Where(l => options.Value.Forced is not { } forced || l == forced))
        {
            if (level < least)
            {
                throw new SandboxRefusedException(Refusal(least, missing));
            }

            var sandbox = new Sandbox(level, options.Value);
            try
            {
                var worker = await start(sandbox);
                Use(sandbox, missing);
                return worker;
            }
            catch (WorkerStartException e)
            {
                missing.Add($"{NameOf(level)}: {e.Message.TrimEnd('.')}");
            }
        }

        if (least > SandboxLevel.Bare || options.Value.Forced > SandboxLevel.Bare)
        {
            throw new SandboxRefusedException(Refusal(least, missing));
        }

        NoneStarted(_logger, string.Join("; ", missing));
        return null;
    }

    private void Use(Sandbox sandbox, List<string> missing)
    {
        Sandbox = sandbox;
        Chosen(
            _logger, NameOf(sandbox.Level), SandboxClosure.Closed(sandbox.Level), SandboxClosure.Open(sandbox.Level),
            missing.Count == 0 ? "" : $" Better ones are not to be had: {string.Join("; ", missing)}.");
    }

    private string Refusal(SandboxLevel least, List<string> missing)
    {
        var why = missing.Count == 0 ? $"Scheduler:Sandbox:Level asks for '{NameOf(options.Value.Forced!.Value)}'" : string.Join("; ", missing);
        var asks = least == options.Value.Asked ? "Scheduler:Sandbox:Minimum asks"
            : options.Value.Forced >= least ? "Scheduler:Sandbox:Level asks" : "production asks";
        return $"Workers are not isolated enough: {asks} for level '{NameOf(options.Value.Forced >= least ? options.Value.Forced.Value : least)}' or better, and it is not to be had. {why}. " +
            "Install bubblewrap (apt-get install bubblewrap) and allow user namespaces where this runs. If the pod's own isolation is to stand in for it, " +
            "say so with Scheduler__Sandbox__PodIsolates=true; docs/worker-isolation.md says what that leaves open.";
    }

    private static string NameOf(SandboxLevel level) => level.ToString().ToLowerInvariant();

    [LoggerMessage(Level = LogLevel.Information, Message = "Workers are isolated at level '{Level}'. Closed to them: {Closed}. Not closed: {Open}.{Missing}")]
    private static partial void Chosen(ILogger logger, string level, string closed, string open, string missing);

    [LoggerMessage(Level = LogLevel.Error, Message = "No worker could be started: {Problems}.")]
    private static partial void NoneStarted(ILogger logger, string problems);
}

/// <summary>The scheduler does not start: its workers would be isolated less than they must be.</summary>
internal sealed class SandboxRefusedException(string message) : Exception(message);
