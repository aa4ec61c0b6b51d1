using System.Runtime.InteropServices;

namespace Agency.Worker.Confining;

/// <summary>
/// A filter of system calls (seccomp) for what no worker needs. With it a process stays one process, so its end is the end of all it did; it
/// has no network but Unix sockets; it can neither look into nor signal another process; and all memory that it takes counts against its limit.
/// </summary>
/// <remarks>The filter is the process's for good and for all that it may become. A refused call fails with an error, it does not end the process.</remarks>
internal static unsafe class SystemCallFilter
{
    private const nint FilterMode = 2;
    private const nint SetFilter = 1;
    private const nint AllThreads = 1;
    private const uint CloneThree = 435;
    private const uint FirstOfOtherAbi = 0x40000000;

    private const ushort Load = 0x20;
    private const ushort And = 0x54;
    private const ushort IfEqual = 0x15;
    private const ushort IfAtLeast = 0x35;
    private const ushort IfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Allow = 0x7fff0000;
    private const uint Kill = 0x80000000;
    private const uint NotPermitted = 0x00050000 | 1;
    private const uint NoAccess = 0x00050000 | 13;
    private const uint NoMemory = 0x00050000 | 12;
    private const uint NotThere = 0x00050000 | 38;

    private const uint Number = 0;
    private const uint Architecture = 4;

    private const uint UnixSockets = 1;
    private const uint Thread = 0x10000;
    private const uint SharedAndOfNoFile = 0x01 | 0x20;

    /// <summary>Counts as a stack, whatever it is used for.</summary>
    private const uint GrowsDown = 0x100;

    /// <summary>Has the kernel signal another process when a descriptor has something to tell: F_SETOWN, F_SETSIG, F_SETOWN_EX.</summary>
    private static readonly uint[] OwnersByControl = [8, 10, 15];

    /// <summary>The same: FIOSETOWN, SIOCSPGRP.</summary>
    private static readonly uint[] OwnersByRequest = [0x8901, 0x8902];

    /// <summary>For this thread and those that it will start.</summary>
    public static void InstallForThisThread(SystemCalls calls) =>
        Install(calls, filter => Libc.Control(Libc.SetSeccomp, FilterMode, filter));

    /// <summary>For every thread of the process at once, or for none.</summary>
    /// <remarks>The kernel answers with the id of a thread that could not take the filter, which one with filters of its own could not.</remarks>
    public static void InstallForAllThreads(SystemCalls calls) => Install(calls, filter =>
    {
        var result = Libc.SystemCall(calls.Seccomp, SetFilter, AllThreads, filter);
        return result > 0 ? throw new IOException($"thread {result} has another filter of system calls.") : result;
    });

    private static void Install(SystemCalls calls, Func<nint, nint> install)
    {
        List<Instruction> program =
        [
            new(Load, 0, 0, Architecture), new(IfEqual, 1, 0, calls.Architecture), new(Return, 0, 0, Kill),
            new(Load, 0, 0, Number), new(IfAtLeast, 0, 1, FirstOfOtherAbi), new(Return, 0, 0, NotThere),

            // Its flags cannot be seen here; the C library then takes clone, whose can.
            .. Refuse(CloneThree, NotThere),
            .. calls.Refused.SelectMany(call => Refuse((uint)call, NotPermitted)),
            .. When(calls.Socket, 0, IfEqual, UnixSockets, NoAccess),
            .. When(calls.Clone, 0, IfAnyBit, Thread, NotPermitted),
            .. When(calls.Kill, 0, IfEqual, (uint)Libc.ProcessId(), NotPermitted),
            .. When(calls.KillThread, 0, IfEqual, (uint)Libc.ProcessId(), NotPermitted),
            .. When(calls.Limit, 0, IfEqual, 0, NotPermitted),
            .. Unless(calls.Control, 0, NotPermitted, Is(Libc.SetParentDeathSignal)),
            .. Unless(calls.MapMemory, 3, NoMemory, Has(SharedAndOfNoFile), Has(GrowsDown)),
            .. Unless(calls.ControlFile, 1, NotPermitted, [.. OwnersByControl.Select(Is)]),
            .. Unless(calls.ControlDevice, 1, NotPermitted, [.. OwnersByRequest.Select(Is)]),
            new(Return, 0, 0, Allow),
        ];
        var instructions = program.ToArray();
        fixed (Instruction* first = instructions)
        {
            var filter = new Filter((ushort)instructions.Length, first);
            Libc.Check(install((nint)(&filter)), "system calls cannot be filtered");
        }
    }

    private static IEnumerable<Instruction> Refuse(uint call, uint answer) => [new(IfEqual, 0, 1, call), new(Return, 0, 0, answer)];

    /// <summary>Allows the call only when the argument passes the test.</summary>
    private static IEnumerable<Instruction> When(int call, uint argument, ushort test, uint value, uint otherwise) =>
    [
        new(IfEqual, 0, 4, (uint)call), new(Load, 0, 0, LowHalf(argument)), new(test, 1, 0, value), new(Return, 0, 0, otherwise), new(Return, 0, 0, Allow),
    ];

    /// <summary>Refuses the call when the argument, masked, is one of these values.</summary>
    private static IEnumerable<Instruction> Unless(int call, uint argument, uint then, params (uint Value, uint Mask)[] refused) =>
    [
        new(IfEqual, 0, (byte)((4 * refused.Length) + 1), (uint)call),
        .. refused.SelectMany(r => (Instruction[])[
            new(Load, 0, 0, LowHalf(argument)), new(And, 0, 0, r.Mask), new(IfEqual, 0, 1, r.Value), new(Return, 0, 0, then)]),
        new(Return, 0, 0, Allow),
    ];

    private static (uint Value, uint Mask) Is(uint value) => (value, uint.MaxValue);

    private static (uint Value, uint Mask) Has(uint bits) => (bits, bits);

    /// <summary>Of the numbers asked about here the kernel itself looks at no more. Both kinds of processor put that half first.</summary>
    private static uint LowHalf(uint argument) => 16 + (argument * 8);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Instruction(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Filter(ushort length, Instruction* instructions)
    {
        public readonly ushort Length = length;
        public readonly Instruction* Instructions = instructions;
    }
}
