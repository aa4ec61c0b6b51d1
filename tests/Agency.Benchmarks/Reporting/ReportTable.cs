using System.Globalization;
using System.Text;

namespace Agency.Benchmarks.Reporting;

/// <summary>The report as a table of plain text.</summary>
internal static class ReportTable
{
    private const int LabelWidth = 58;

    public static string Render(Report report)
    {
        var text = new StringBuilder().AppendLine();
        foreach (var (name, value) in report.Facts)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{name}: {value}");
        }

        foreach (var line in report.Lines)
        {
            _ = line switch
            {
                Heading heading => text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{heading.Text,-LabelWidth}{"median",12}{"min",11}{"max",11}{"n",5}   target"),
                Note note => text.AppendLine(CultureInfo.InvariantCulture, $"  ({note.Text})"),
                Figure figure => text.AppendLine(Row(figure)),
                _ => text,
            };
        }

        return text.ToString();
    }

    private static string Row(Figure figure)
    {
        var label = figure.Unit.Length == 0 ? figure.Label : $"{figure.Label}, {figure.Unit}";
        var row = string.Create(
            CultureInfo.InvariantCulture,
            $"  {label,-(LabelWidth - 2)}{Number(figure.Median),12}{Number(figure.Min),11}{Number(figure.Max),11}{figure.Samples.Length,5}");
        return figure.Target is { } target
            ? $"{row}   {(target.AtMost ? "<=" : ">=")} {Number(target.Bound)}: {(figure.Met is true ? "met" : "MISSED")}"
            : row;
    }

    /// <summary>Three digits that matter.</summary>
    private static string Number(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };
}
