namespace Agency.Operations.Reports.Model;

/// <summary>A bar chart over days, weeks or other categories, with a legend.</summary>
public sealed record ReportChart : ReportBlock
{
    /// <summary>What a chart without labels or series says.</summary>
    public const string NoData = "No data for this period.";

    private const double Largest = 1e15;
    private const double Smallest = 1e-9;

    /// <summary>A chart; every series has exactly one value per label.</summary>
    /// <exception cref="ArgumentException">A series of another length, or a value that is no number or absurdly large or small.</exception>
    public ReportChart(
        string title, string categoryName, IReadOnlyList<string> labels, IReadOnlyList<ReportSeries> series,
        ReportBars bars = ReportBars.Stacked)
    {
        foreach (var one in series)
        {
            if (one.Values.Count != labels.Count)
                throw new ArgumentException($"Series '{one.Name}' has {one.Values.Count} values for {labels.Count} labels.", nameof(series));
            if (!one.Values.All(value => Math.Abs(value) is 0 or (>= Smallest and <= Largest)))
                throw new ArgumentException($"Series '{one.Name}' has a value that no chart can show, such as NaN or infinity.", nameof(series));
        }
        Title = title;
        CategoryName = categoryName;
        Labels = labels;
        Series = series;
        Bars = bars;
    }

    /// <summary>The caption, for example <c>Runs per day</c>.</summary>
    public string Title { get; }

    /// <summary>What a label is, for example <c>Day</c>; the first column's header where the chart becomes a table.</summary>
    public string CategoryName { get; }

    /// <summary>The categories from left to right.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The series in the order of the legend.</summary>
    public IReadOnlyList<ReportSeries> Series { get; }

    /// <summary>On top of one another or side by side.</summary>
    public ReportBars Bars { get; }
}

/// <summary>One series of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Values">One value per label.</param>
/// <param name="Tone">What the series means; gives the colour. Neutral series take distinct colours in order.</param>
public sealed record ReportSeries(string Name, IReadOnlyList<double> Values, ReportTone Tone = ReportTone.Neutral);

/// <summary>How the bars of several series stand.</summary>
public enum ReportBars
{
    /// <summary>On top of one another: parts of a whole.</summary>
    Stacked,

    /// <summary>Side by side: to be compared.</summary>
    Clustered,
}

/// <summary>What a series means to its reader.</summary>
public enum ReportTone
{
    /// <summary>Neither good nor bad.</summary>
    Neutral,

    /// <summary>Good news, such as succeeded runs.</summary>
    Good,

    /// <summary>Wants attention, such as retried runs.</summary>
    Warning,

    /// <summary>Bad news, such as failed runs.</summary>
    Bad,

    /// <summary>Of little weight, such as skipped runs.</summary>
    Muted,
}
