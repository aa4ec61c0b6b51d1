using Agency.Operations.Reports.Model;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>The value axis: from <paramref name="Low"/> to <paramref name="High"/> in steps of 1, 2 or 5 times a power of ten.</summary>
internal sealed record ChartScale(double Low, double High, double Step)
{
    private const int MostSteps = 5;
    private static readonly double[] Factors = [1, 2, 5, 10];

    public static ChartScale Of(ReportChart chart)
    {
        var (low, high) = (0d, 0d);
        for (var i = 0; i < chart.Labels.Count; i++)
        {
            var values = chart.Series.Select(series => series.Values[i]).ToArray();
            var stacked = chart.Bars == ReportBars.Stacked;
            high = Math.Max(high, stacked ? values.Where(value => value > 0).Sum() : values.Max());
            low = Math.Min(low, stacked ? values.Where(value => value < 0).Sum() : values.Min());
        }
        if (high == low)
            return new ChartScale(0, 1, 1);
        var rough = (high - low) / MostSteps;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        var step = Factors.Select(factor => factor * power).First(one => one >= rough * 0.9999);
        // Counts have no fractions: an axis for 0 to 3 runs has no line at 0.5.
        if (chart.Series.All(series => series.Values.All(double.IsInteger)))
            step = Math.Max(1, step);
        return new ChartScale(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, step);
    }

    public IEnumerable<double> Ticks()
    {
        var count = (int)Math.Round((High - Low) / Step);
        for (var i = 0; i <= count; i++)
            yield return Low + (i * Step);
    }
}
