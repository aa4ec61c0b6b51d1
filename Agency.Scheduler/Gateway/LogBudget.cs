namespace Agency.Scheduler.Gateway;

/// <summary>How often one worker can have something written to the log: what it does in a loop must not fill the disk.</summary>
internal sealed class LogBudget
{
    private const int Lines = 20;

    private int _taken;

    /// <summary>Whether another line may be written.</summary>
    public bool Take() => Volatile.Read(ref _taken) < Lines && Interlocked.Increment(ref _taken) <= Lines;
}
