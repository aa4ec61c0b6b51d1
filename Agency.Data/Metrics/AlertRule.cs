namespace Agency.Data.Metrics;

public enum AlertComparison
{
    Above,
    Below,
}

/// <summary>A limit on a metric: crossed by the mean of a window, an alert fires.</summary>
public sealed class AlertRule
{
    public required CompanyId CompanyId { get; init; }

    public required Guid AlertRuleId { get; init; }

    public required string Metric { get; init; }

    public required AlertComparison Comparison { get; set; }

    public required double Threshold { get; set; }

    /// <summary>Minutes back from now whose mean is compared.</summary>
    public required int WindowMinutes { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>An alert rule that was, or is, crossed.</summary>
public sealed class Alert
{
    public required CompanyId CompanyId { get; init; }

    public required Guid AlertId { get; init; }

    public required Guid AlertRuleId { get; init; }

    /// <summary>The mean that crossed the limit.</summary>
    public required double Value { get; set; }

    public required string Message { get; set; }

    public required DateTimeOffset FiredAt { get; init; }

    /// <summary>When a later check found the metric within its limit again.</summary>
    public DateTimeOffset? ClearedAt { get; set; }
}
