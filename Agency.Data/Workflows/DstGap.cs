namespace Agency.Data.Workflows;

/// <summary>What becomes of an occurrence whose local time does not exist, because the clocks are set forward over it.</summary>
public enum DstGap
{
    /// <summary>It is due at the first instant after the gap.</summary>
    NextValid,

    /// <summary>It is not due that day.</summary>
    Skip,
}
