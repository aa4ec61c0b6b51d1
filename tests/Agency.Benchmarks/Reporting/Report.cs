namespace Agency.Benchmarks.Reporting;

/// <summary>All that was measured, in the order in which it is shown.</summary>
internal sealed class Report
{
    private readonly List<Line> _lines = [];

    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>Facts about the machine and the settings, by plain name.</summary>
    public SortedDictionary<string, object> Facts { get; } = new(StringComparer.Ordinal);

    public bool AllMet => _lines.OfType<Figure>().All(f => f.Met is not false);

    public void Heading(string text) => _lines.Add(new Heading(text));

    /// <summary>What a reader must know to judge the figures above it.</summary>
    public void Note(string text) => _lines.Add(new Note(text));

    /// <param name="name">Plain and unique, for the file.</param>
    /// <param name="label">For the table.</param>
    /// <param name="unit">Of the samples; empty for a ratio.</param>
    /// <param name="samples">One for each measurement.</param>
    /// <param name="target">What the issue asks for, if it does.</param>
    public Figure Add(string name, string label, string unit, IEnumerable<double> samples, Target? target = null)
    {
        var figure = new Figure(name, label, unit, [.. samples.Order()], target);
        _lines.Add(figure);
        return figure;
    }
}

internal abstract record Line;

internal sealed record Heading(string Text) : Line;

internal sealed record Note(string Text) : Line;

/// <summary>A figure or a ratio.</summary>
internal sealed record Figure(string Name, string Label, string Unit, double[] Samples, Target? Target) : Line
{
    public double Median => Statistics.Quantile(Samples, 0.5);

    public double Min => Samples[0];

    public double Max => Samples[^1];

    public bool? Met => Target?.IsMetBy(Median);
}

/// <summary>The least or the most that a figure may be.</summary>
internal sealed record Target(double Bound, bool AtMost)
{
    public static Target Most(double bound) => new(bound, true);

    public static Target Least(double bound) => new(bound, false);

    public bool IsMetBy(double value) => AtMost ? value <= Bound : value >= Bound;
}
