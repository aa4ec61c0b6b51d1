namespace Agency.Data.Workflows;

/// <summary>What becomes of an occurrence whose local time comes twice, because the clocks are set back over it.</summary>
public enum DstOverlap
{
    /// <summary>It is due the first time only.</summary>
    First,

    /// <summary>It is due both times.</summary>
    Both,
}
