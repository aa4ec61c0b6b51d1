using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Agency.Scheduler.Sandboxing;

/// <summary>Section <c>Scheduler:Sandbox</c>.</summary>
internal sealed class SandboxOptions
{
    public const string Section = SchedulerOptions.Section + ":Sandbox";

    private const string Automatic = "auto";

    /// <summary><c>auto</c> takes the best that this machine offers; the name of a level takes that one or does not start.</summary>
    public string Level { get; set; } = Automatic;

    /// <summary>The weakest level to start with; null is <c>bare</c>. Production takes none below <c>namespaces</c>, whatever this says.</summary>
    public string? Minimum { get; set; }

    /// <summary>Says that the container or machine around this scheduler isolates the workers, so that production takes any level.</summary>
    public bool PodIsolates { get; set; }

    /// <summary>All memory of a worker: its heap, its threads, its code.</summary>
    [Range(128, 131072, ErrorMessage = "Scheduler:Sandbox:MemoryMegabytes must be 128 to 131072: it is all memory of one worker.")]
    public int MemoryMegabytes { get; set; } = 1024;

    /// <summary>Time of a processor that a worker may use in its life.</summary>
    [Range(1, 86400, ErrorMessage = "Scheduler:Sandbox:CpuSeconds must be 1 to 86400: it is the processor time of one worker.")]
    public int CpuSeconds { get; set; } = 600;

    /// <summary>Files and sockets that a worker may have open.</summary>
    [Range(64, 65536, ErrorMessage = "Scheduler:Sandbox:OpenFiles must be 64 to 65536.")]
    public int OpenFiles { get; set; } = 256;

    /// <summary>Threads of a worker, where they can be counted: in namespaces of a user other than root.</summary>
    [Range(32, 65536, ErrorMessage = "Scheduler:Sandbox:Threads must be 32 to 65536.")]
    public int Threads { get; set; } = 128;

    /// <summary>What a worker may write to its temporary folder, and to any one file.</summary>
    [Range(1, 65536, ErrorMessage = "Scheduler:Sandbox:ScratchMegabytes must be 1 to 65536: it is the size of a worker's temporary folder.")]
    public int ScratchMegabytes { get; set; } = 16;

    /// <summary>Null is the best there is.</summary>
    public SandboxLevel? Forced => IsAutomatic(Level) ? null : Parse(Level);

    /// <summary>What <see cref="Minimum"/> asks for; null when it asks for nothing.</summary>
    public SandboxLevel? Asked => string.IsNullOrEmpty(Minimum) ? null : Parse(Minimum);

    /// <param name="production">Whether <c>PRODUCTION_MODE</c> is on.</param>
    public SandboxLevel Least(bool production)
    {
        var asked = Asked ?? SandboxLevel.Bare;
        return production && !PodIsolates && asked < SandboxLevel.Namespaces ? SandboxLevel.Namespaces : asked;
    }

    internal static bool IsAutomatic(string level) => string.Equals(level, Automatic, StringComparison.OrdinalIgnoreCase);

    internal static bool IsLevel(string level) => Enum.TryParse<SandboxLevel>(level, ignoreCase: true, out var parsed) && Enum.IsDefined(parsed) && !char.IsAsciiDigit(level[0]);

    private static SandboxLevel Parse(string level) => Enum.Parse<SandboxLevel>(level, ignoreCase: true);
}

internal sealed class SandboxOptionsValidator(IOptions<SchedulerOptions> scheduler) : IValidateOptions<SandboxOptions>
{
    /// <summary>Memory that a worker needs besides its heap.</summary>
    private const int BesidesHeap = 256;

    private static readonly string Levels = string.Join(", ", Enum.GetNames<SandboxLevel>()).ToLowerInvariant();

    public ValidateOptionsResult Validate(string? name, SandboxOptions options)
    {
        List<string> wrong = [];
        if (!SandboxOptions.IsAutomatic(options.Level) && !SandboxOptions.IsLevel(options.Level))
        {
            wrong.Add($"Scheduler:Sandbox:Level must be auto or one of {Levels}, but is '{options.Level}'.");
        }

        if (!string.IsNullOrEmpty(options.Minimum) && !SandboxOptions.IsLevel(options.Minimum))
        {
            wrong.Add($"Scheduler:Sandbox:Minimum must be one of {Levels}, but is '{options.Minimum}'.");
        }

        var least = scheduler.Value.WorkerHeapMegabytes + BesidesHeap;
        if (options.MemoryMegabytes < least)
        {
            wrong.Add($"Scheduler:Sandbox:MemoryMegabytes must be at least {least}, which is Scheduler:WorkerHeapMegabytes and {BesidesHeap} besides; raise the one or lower the other.");
        }

        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
