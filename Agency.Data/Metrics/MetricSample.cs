namespace Agency.Data.Metrics;

/// <summary>One measured value of a client's own metric.</summary>
public sealed class MetricSample
{
    public required CompanyId CompanyId { get; init; }

    /// <summary>Given by the database, rising.</summary>
    public long SampleId { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset At { get; init; }

    public required double Value { get; init; }

    public string? Unit { get; init; }
}
