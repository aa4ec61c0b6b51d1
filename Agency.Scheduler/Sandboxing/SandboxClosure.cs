namespace Agency.Scheduler.Sandboxing;

/// <summary>
/// What each level closes to a worker that obeys somebody else, in the words of the start-up. docs/worker-isolation.md has it as a table, which the
/// tests hold against what a hostile worker achieves.
/// </summary>
internal static class SandboxClosure
{
    public static string Closed(SandboxLevel level) => level switch
    {
        SandboxLevel.Bare => "this scheduler's environment, other runs' gateways",
        SandboxLevel.Landlock => "files, processes and memory of others, the network, starting processes, outliving its run",
        _ => "files, sockets, processes and memory of others, the network, starting processes, outliving its run",
    };

    public static string Open(SandboxLevel level) => level switch
    {
        SandboxLevel.Bare => $"the network, files and processes of this user, starting processes, outliving its run; {Threads}",
        SandboxLevel.Landlock => $"Unix sockets of other services that this user may open; {Threads}",
        _ when Environment.IsPrivilegedProcess => $"{Threads} for root",
        _ => "nothing that is known",
    };

    private const string Threads = "the number of threads, which memory alone bounds";
}
