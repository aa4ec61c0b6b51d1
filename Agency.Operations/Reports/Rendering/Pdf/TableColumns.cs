using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>Divides the page's width among a table's columns by what stands in them.</summary>
internal static class TableColumns
{
    // A column of long prose must not starve the others.
    private const float MostShare = 0.6f;

    // Up to this width a column (a date, a status, a figure) is left on one line while the wider ones wrap.
    private const float ShortColumn = 100;

    /// <summary>The columns' widths, padding included; they sum up to <see cref="Theme.Width"/>.</summary>
    public static float[] Widths(ReportTable table, TextLayout text, float padding)
    {
        var narrowest = new float[table.Columns.Count];
        var widest = new float[table.Columns.Count];
        for (var column = 0; column < narrowest.Length; column++)
        {
            (narrowest[column], widest[column]) = text.Measure(table.Columns[column].Header, Theme.LabelStrong);
            foreach (var row in table.Rows)
            {
                var (low, high) = text.Measure(row[column], Theme.Cell);
                narrowest[column] = Math.Max(narrowest[column], low);
                widest[column] = Math.Max(widest[column], high);
            }
            // A little more than measured: sums of floats must not cost a line break.
            narrowest[column] += (2 * padding) + 0.1f;
            widest[column] = Math.Max(narrowest[column], Math.Min(widest[column] + (2 * padding) + 0.1f, Theme.Width * MostShare));
        }
        return Divide(narrowest, widest, Theme.Width);
    }

    internal static float[] Divide(float[] narrowest, float[] widest, float available)
    {
        var (low, high) = (narrowest.Sum(), widest.Sum());
        if (high <= available)
            return [.. widest.Select(width => width * available / high)];
        var whole = narrowest.Zip(widest, (least, most) => most <= ShortColumn ? most : least).ToArray();
        if (whole.Sum() <= available)
            (narrowest, low) = (whole, whole.Sum());
        if (low <= available)
            return [.. narrowest.Zip(widest, (least, most) => least + ((most - least) * (available - low) / (high - low)))];
        return Cap(narrowest, available);
    }

    /// <summary>Too wide even at their narrowest: the widest columns give way, down to one common width.</summary>
    private static float[] Cap(float[] narrowest, float available)
    {
        var left = available;
        var cap = 0f;
        var ascending = narrowest.Order().ToArray();
        for (var i = 0; i < ascending.Length; i++)
        {
            cap = left / (ascending.Length - i);
            if (ascending[i] > cap)
                break;
            left -= ascending[i];
        }
        return [.. narrowest.Select(width => Math.Min(width, cap))];
    }
}
