namespace Agency.HealthMonitor.Forecasts;

/// <summary>
/// A straight line by ordinary least squares and the prediction interval of a new observation:
/// y(x) ± t s sqrt(1 + 1/n + (x - mean x)² / Sxx), with s² = SSE / (n - 2) and t of n - 2 degrees of freedom
/// (R. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition, section 7.6).
/// </summary>
internal sealed class LinearTrend
{
    private readonly double _meanX;
    private readonly double _meanY;
    private readonly double _sumOfSquares;
    private readonly double _deviation;
    private readonly double _quantile;
    private readonly int _count;

    public LinearTrend(IReadOnlyList<(double X, double Y)> points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points.Count, MinPoints);
        _count = points.Count;
        _meanX = points.Average(p => p.X);
        _meanY = points.Average(p => p.Y);
        _sumOfSquares = points.Sum(p => Square(p.X - _meanX));
        Slope = points.Sum(p => (p.X - _meanX) * (p.Y - _meanY)) / _sumOfSquares;
        _deviation = Math.Sqrt(points.Sum(p => Square(p.Y - At(p.X))) / (_count - 2));
        _quantile = StudentT975(_count - 2);
    }

    /// <summary>The fewest points for which an interval is given.</summary>
    public static int MinPoints => 10;

    /// <summary>Change for one step of x.</summary>
    public double Slope { get; }

    public double At(double x) => _meanY + (Slope * (x - _meanX));

    /// <summary>Half the width of the 95 % prediction interval.</summary>
    public double Margin(double x) => _quantile * _deviation * Math.Sqrt(1 + (1.0 / _count) + (Square(x - _meanX) / _sumOfSquares));

    /// <summary>
    /// The 97.5 % quantile of Student's t, by the expansion of M. Abramowitz and I. Stegun, "Handbook of Mathematical Functions", 26.7.5; right to three
    /// decimals from 8 degrees of freedom on.
    /// </summary>
    internal static double StudentT975(int degrees)
    {
        const double z = 1.959963984540054;
        double z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z, z9 = z7 * z * z;
        double v = degrees;
        return z
            + ((z3 + z) / (4 * v))
            + (((5 * z5) + (16 * z3) + (3 * z)) / (96 * v * v))
            + (((3 * z7) + (19 * z5) + (17 * z3) - (15 * z)) / (384 * v * v * v))
            + (((79 * z9) + (776 * z7) + (1482 * z5) - (1920 * z3) - (945 * z)) / (92160 * v * v * v * v));
    }

    private static double Square(double value) => value * value;
}
