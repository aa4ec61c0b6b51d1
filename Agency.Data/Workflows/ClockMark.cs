namespace Agency.Data.Workflows;

/// <summary>What a change of the clocks does to an occurrence.</summary>
public enum ClockMark
{
    /// <summary>It is the first instant after a gap and stands for a local time in the gap.</summary>
    Gap,

    /// <summary>Its local time comes twice; this is the first.</summary>
    FirstOfTwo,

    /// <summary>Its local time comes twice; this is the second.</summary>
    SecondOfTwo,
}
