namespace Agency.WorkerProtocol;

/// <summary>A worker's exit codes. Any other, or a signal, means that it was lost.</summary>
public static class WorkerExit
{
    /// <summary>An outcome was written, of success or failure; or standard input ended before any envelope came.</summary>
    public const int Done = 0;

    /// <summary>The envelope could not be read; the reason is on standard error.</summary>
    public const int BadEnvelope = 64;

    /// <summary>It could not be confined as asked, so the program was not started; the reason is on standard error.</summary>
    public const int NotConfined = 69;

    /// <summary>A fault of the worker itself; the reason is on standard error.</summary>
    public const int Internal = 70;

    /// <summary>Standard input ended during the run, which cancels it; no outcome was written.</summary>
    public const int Cancelled = 75;
}
