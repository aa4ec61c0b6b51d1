namespace Agency.Scheduler.Workers;

/// <summary>How a worker ended, in words.</summary>
internal static class WorkerEnd
{
    /// <param name="code">Its exit code.</param>
    /// <param name="isWrappers">Whether the code is that of the process around it, which tells of a signal by its own.</param>
    public static string Describe(int code, bool isWrappers) => code switch
    {
        // The worker leaves with no such.
        1 when isWrappers => "it was ended, as the system does when memory or processor time is used up",
        > 128 => $"it was ended by signal {code - 128}{Meaning(code - 128)}",
        _ => $"it exited with code {code}",
    };

    private static string Meaning(int signal) => signal switch
    {
        9 => ", which the system sends when memory or processor time is used up",
        24 => " (its processor time was used up)",
        25 => " (a file grew too large)",
        _ => "",
    };
}
