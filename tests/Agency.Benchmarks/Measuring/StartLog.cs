namespace Agency.Benchmarks.Measuring;

/// <summary>Counts the starts of one measurement's runs and keeps the time of the last.</summary>
internal sealed class StartLog(int expected)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _last;
    private int _count;

    /// <summary>Where jobs report that a rival's library makes by itself. Set for each measurement; they never overlap.</summary>
    public static StartLog? Current { get; set; }

    /// <summary>When the last of all began, in the clock's ticks.</summary>
    public long Last => Interlocked.Read(ref _last);

    public void Started()
    {
        Raise(TimeProvider.System.GetTimestamp());
        if (Interlocked.Increment(ref _count) == expected)
        {
            _all.SetResult();
        }
    }

    /// <summary>Waits until every run has begun.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (expected > 0)
        {
            try
            {
                await _all.Task.WaitAsync(Limit, TimeProvider.System, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw new TimeoutException($"Only {_count} of {expected} runs began within {Limit.TotalMinutes:0} minutes.");
            }
        }
    }

    /// <summary>A run that was executed twice would make every figure wrong.</summary>
    public void Verify()
    {
        if (Volatile.Read(ref _count) != expected)
        {
            throw new InvalidOperationException($"{_count} runs began where {expected} were due.");
        }
    }

    private void Raise(long timestamp)
    {
        long seen;
        do
        {
            seen = Interlocked.Read(ref _last);
        }
        while (timestamp > seen && Interlocked.CompareExchange(ref _last, timestamp, seen) != seen);
    }
}
