namespace Agency.Data.Companies;

public enum CompanyStatus
{
    Active,
    Archived,
}

/// <summary>A client of the agency: the tenant. This is the directory entry; what is known of the client stands in its profile.</summary>
public sealed class Company
{
    public required CompanyId CompanyId { get; init; }

    public required string Name { get; set; }

    public CompanyStatus Status { get; private set; } = CompanyStatus.Active;

    /// <summary>IANA time zone in which its schedules are read unless a workflow names its own.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Share of the workers relative to other companies; at least 1.</summary>
    public int Weight { get; set; } = 1;

    /// <summary>How many of its runs may execute at once.</summary>
    public int MaxConcurrentRuns { get; set; } = 4;

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ArchivedAt { get; private set; }

    /// <summary>Stops all of its work; its records stay. Archiving twice changes nothing.</summary>
    public void Archive(DateTimeOffset now)
    {
        if (Status == CompanyStatus.Archived)
        {
            return;
        }

        Status = CompanyStatus.Archived;
        ArchivedAt = now;
    }
}
