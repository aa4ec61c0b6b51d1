namespace Agency.Benchmarks.Reporting;

internal static class Statistics
{
    /// <summary>The value below which a share of the sorted samples lies; between two samples where it falls between them.</summary>
    public static double Quantile(double[] sorted, double share)
    {
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((sorted[above] - sorted[below]) * (position - below));
    }
}
