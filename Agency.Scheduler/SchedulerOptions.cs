using System.ComponentModel.DataAnnotations;

namespace Agency.Scheduler;

/// <summary>Section <c>Scheduler</c>.</summary>
internal sealed class SchedulerOptions
{
    public const string Section = "Scheduler";

    /// <summary>Runs executed at once by this process.</summary>
    [Range(1, 1024, ErrorMessage = "Scheduler:Workers must be 1 to 1024: it is how many runs this process executes at once.")]
    public int Workers { get; set; } = Math.Max(2, Environment.ProcessorCount * 2);

    /// <summary>Worker processes that wait, started, for a run, at least; when runs find too few waiting, there are more for a while, up to Workers.</summary>
    [Range(0, 64, ErrorMessage = "Scheduler:Prewarmed must be 0 to 64: it is how many worker processes wait for a run at least.")]
    public int Prewarmed { get; set; } = 1;

    /// <summary>How long a loop waits for a wake-up before it looks by itself.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00", ErrorMessage = "Scheduler:PollInterval must be between 00:00:00.010 and 00:01:00.")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a claimed run stays its scheduler's without a heartbeat; heartbeats come at a third of it.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Scheduler:Lease must be between 00:00:01 and 01:00:00.")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping scheduler lets its runs finish before it hands them back. A host must grant it a few seconds more.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00", ErrorMessage = "Scheduler:ShutdownGrace must be between 00:00:00 and 01:00:00.")]
    public TimeSpan ShutdownGrace { get; set; } = TimeSpan.FromSeconds(6);

    /// <summary>The time of one step whose procedure sets none.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Scheduler:StepTimeout must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan StepTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a worker may overstay its run's time limit, in which it is to report so itself, before it is killed.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:05:00", ErrorMessage = "Scheduler:KillAfter must be between 00:00:00 and 00:05:00.")]
    public TimeSpan KillAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest tool result that a later step can use.</summary>
    [Range(1024, 4 * 1024 * 1024, ErrorMessage = "Scheduler:MaxResultBytes must be 1024 to 4194304.")]
    public int MaxResultBytes { get; set; } = 256 * 1024;

    /// <summary>Memory a worker's heap may take.</summary>
    [Range(32, 65536, ErrorMessage = "Scheduler:WorkerHeapMegabytes must be 32 to 65536.")]
    public int WorkerHeapMegabytes { get; set; } = 256;

    /// <summary>Workflows planned in one transaction.</summary>
    [Range(1, 10_000, ErrorMessage = "Scheduler:PlanBatch must be 1 to 10000.")]
    public int PlanBatch { get; set; } = 1000;

    /// <summary>How often the watchdog looks for stuck runs, overdue workflows and a growing queue.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Scheduler:WatchInterval must be between 00:00:01 and 01:00:00.")]
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a run that could start may wait for a worker before people are told that there are too few.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Scheduler:QueueAlertAfter must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan QueueAlertAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Where the workers' folders are made; null takes the system's folder for temporary files. Short: a Unix socket's path ends at 107 bytes.</summary>
    public string? WorkFolder { get; set; }
}
