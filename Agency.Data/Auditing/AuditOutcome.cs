namespace Agency.Data.Auditing;

/// <summary>What became of a call.</summary>
public enum AuditOutcome
{
    /// <summary>It was allowed and did what it says.</summary>
    Done,

    /// <summary>The caller may not: nothing was done.</summary>
    Denied,

    /// <summary>The caller may, and it could not be done.</summary>
    Failed,
}
