using System.Runtime.InteropServices;

namespace Agency.Worker.Confining;

/// <summary>The numbers that Linux gives its calls on one kind of processor, and what is refused there.</summary>
internal sealed class SystemCalls
{
    // The same everywhere, as all calls are that came after Linux 5.0.
    public const int CloseRange = 436;
    public const int MountSetAttributes = 442;

    /// <summary>As the kernel names the kind of processor to a filter.</summary>
    public required uint Architecture { get; init; }

    public required int CapabilitySet { get; init; }

    public required int PivotRoot { get; init; }

    public required int Seccomp { get; init; }

    public required int Socket { get; init; }

    public required int Clone { get; init; }

    public required int Kill { get; init; }

    public required int KillThread { get; init; }

    public required int Control { get; init; }

    public required int MapMemory { get; init; }

    public required int Limit { get; init; }

    public required int ControlFile { get; init; }

    public required int ControlDevice { get; init; }

    /// <summary>
    /// Refused outright: making processes, looking into others, signalling them and taking their turn away, namespaces, memory that no limit
    /// counts or that others share.
    /// </summary>
    public required IReadOnlyList<int> Refused { get; init; }

    /// <exception cref="PlatformNotSupportedException">Their numbers are not known here.</exception>
    public static SystemCalls OfThisMachine => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => X64,
        System.Runtime.InteropServices.Architecture.Arm64 => Arm64,
        var other => throw new PlatformNotSupportedException($"System calls are not known on {other}."),
    };

    /// <summary>Since 5.0: pidfd_send_signal, io_uring_setup, _enter and _register, pidfd_open, pidfd_getfd, process_madvise, memfd_secret.</summary>
    private static IReadOnlyList<int> RefusedEverywhere { get; } = [424, 425, 426, 427, 434, 438, 440, 447];

    private static SystemCalls X64 { get; } = new()
    {
        Architecture = 0xC000003E,
        CapabilitySet = 126,
        PivotRoot = 155,
        Seccomp = 317,
        Socket = 41,
        Clone = 56,
        Kill = 62,
        KillThread = 234,
        Control = 157,
        MapMemory = 9,
        Limit = 302,
        ControlFile = 72,
        ControlDevice = 16,

        // fork, vfork, tkill, rt_sigqueueinfo, rt_tgsigqueueinfo, ptrace, process_vm_readv, process_vm_writev, kcmp, unshare, setns, bpf,
        // perf_event_open, userfaultfd, add_key, request_key, keyctl, memfd_create, open_by_handle_at; shmget, shmat, shmctl, semget, semop,
        // semctl, semtimedop, msgget, msgsnd, msgrcv, msgctl, mq_open, mq_unlink; setpriority, sched_setparam, sched_setscheduler,
        // sched_setattr, ioprio_set. Not sched_setaffinity, without which .NET's runtime does not start.
        Refused =
        [
            57, 58, 200, 129, 297, 101, 310, 311, 312, 272, 308, 321, 298, 323, 248, 249, 250, 319, 304,
            29, 30, 31, 64, 65, 66, 220, 68, 69, 70, 71, 240, 241, 141, 142, 144, 314, 251, .. RefusedEverywhere,
        ],
    };

    private static SystemCalls Arm64 { get; } = new()
    {
        Architecture = 0xC00000B7,
        CapabilitySet = 91,
        PivotRoot = 41,
        Seccomp = 277,
        Socket = 198,
        Clone = 220,
        Kill = 129,
        KillThread = 131,
        Control = 167,
        MapMemory = 222,
        Limit = 261,
        ControlFile = 25,
        ControlDevice = 29,

        // As above; there is neither fork nor vfork.
        Refused =
        [
            130, 138, 240, 117, 270, 271, 272, 97, 268, 280, 241, 282, 217, 218, 219, 279, 265,
            194, 196, 195, 190, 193, 191, 192, 186, 189, 188, 187, 180, 181, 140, 118, 119, 274, 30, .. RefusedEverywhere,
        ],
    };
}
