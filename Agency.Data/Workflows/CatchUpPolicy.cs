namespace Agency.Data.Workflows;

/// <summary>
/// What becomes of the occurrences that came due while nothing could plan them: an outage, a pause of the client, a maintenance window. Those
/// that are not executed are recorded as skipped.
/// </summary>
public enum CatchUpPolicy
{
    /// <summary>Each is executed, one after the other.</summary>
    All,

    /// <summary>The latest is executed.</summary>
    Latest,

    /// <summary>None is executed.</summary>
    None,
}
