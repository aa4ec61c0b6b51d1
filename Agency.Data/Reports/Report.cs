namespace Agency.Data.Reports;

public enum ReportKind
{
    Weekly,
    Monthly,
    Custom,
}

/// <summary>A report made for a client about a period, in both of its forms.</summary>
public sealed class Report
{
    public required CompanyId CompanyId { get; init; }

    public required Guid ReportId { get; init; }

    public required ReportKind Kind { get; init; }

    /// <summary>First instant of the period.</summary>
    public required DateTimeOffset PeriodStart { get; init; }

    /// <summary>First instant after the period.</summary>
    public required DateTimeOffset PeriodEnd { get; init; }

    public required string Title { get; init; }

    public required string Markdown { get; init; }

    public required byte[] Pdf { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }
}
