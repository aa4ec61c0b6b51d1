namespace Agency.HealthMonitor.Anomalies;

/// <summary>
/// The modified z-score of B. Iglewicz and D. Hoaglin, "How to Detect and Handle Outliers", 1993: 0.6745 (x - median) / MAD, where MAD is the median of the
/// absolute deviations from the median; beyond 3.5 either way a value is called an outlier. A mean and a standard deviation would be drawn
/// towards the very outliers that are sought. Where more than half of the values are equal MAD is 0; then (x - median) / (1.253314 mean absolute deviation)
/// is taken, as IBM's documentation of the modified z-score does.
/// </summary>
internal sealed class ModifiedZScore
{
    public const double Threshold = 3.5;

    private const double MadFactor = 0.6745;
    private const double MeanDeviationFactor = 1.253314;

    private readonly double _meanDeviation;

    public ModifiedZScore(IReadOnlyCollection<double> values)
    {
        Median = MedianOf(values);
        var deviations = values.Select(value => Math.Abs(value - Median)).ToArray();
        Mad = MedianOf(deviations);
        _meanDeviation = deviations.Average();
    }

    public double Median { get; }

    public double Mad { get; }

    /// <summary>0 where all values are equal.</summary>
    public double Of(double value) =>
        Mad > 0 ? MadFactor * (value - Median) / Mad
        : _meanDeviation > 0 ? (value - Median) / (MeanDeviationFactor * _meanDeviation)
        : 0;

    private static double MedianOf(IReadOnlyCollection<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
