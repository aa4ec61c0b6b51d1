namespace Agency.Data.Workflows;

/// <summary>An endless row of occurrences, before a window is laid over it.</summary>
internal interface IOccurrences
{
    /// <summary>The first strictly after an instant, or null when none is to come.</summary>
    /// <param name="after">Ticks of UTC.</param>
    ScheduledInstant? Next(long after);
}
