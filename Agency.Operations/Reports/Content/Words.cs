using System.Globalization;
using System.Text;

namespace Agency.Operations.Reports.Content;

/// <summary>Figures as readers see them.</summary>
internal static class Words
{
    /// <summary>Stands for a figure that does not exist, such as a rate of nothing.</summary>
    public const string None = "–";

    public static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>Such as <c>1 run</c> or <c>1,204 runs</c>.</summary>
    public static string Count(long value, string one, string? many = null) => $"{Number(value)} {(value == 1 ? one : many ?? one + "s")}";

    /// <summary>One decimal. Only a whole is written as 100 and only nothing as 0.</summary>
    public static string Percent(double? share)
    {
        if (share is not { } value)
        {
            return None;
        }

        var percent = Math.Round(value * 100, 1, MidpointRounding.AwayFromZero);
        percent = value < 1 ? Math.Min(percent, 99.9) : percent;
        percent = value > 0 ? Math.Max(percent, 0.1) : percent;
        return percent.ToString("0.0", CultureInfo.InvariantCulture) + " %";
    }

    public static string Duration(double? seconds)
    {
        if (seconds is not { } value)
        {
            return None;
        }

        if (value < 60)
        {
            return value.ToString(value < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) is var text && text == "60" ? "1 min 00 s" : text + " s";
        }

        var whole = TimeSpan.FromSeconds(Math.Round(value));
        return whole < TimeSpan.FromHours(1)
            ? string.Create(CultureInfo.InvariantCulture, $"{whole.Minutes} min {whole.Seconds:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{(long)whole.TotalHours} h {whole.Minutes:00} min");
    }

    public static string Money(decimal amount, string? currency) => $"{amount.ToString("#,0.00", CultureInfo.InvariantCulture)} {currency}".TrimEnd();

    /// <summary>On one line, at most <paramref name="most"/> letters as people count them.</summary>
    public static string Clip(string? text, int most)
    {
        var line = string.Join(' ', (text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        if (line.Length <= most)
        {
            return line;
        }

        var clipped = new StringBuilder();
        var letters = StringInfo.GetTextElementEnumerator(line);
        for (var i = 0; i < most - 1 && letters.MoveNext(); i++)
        {
            // A single "letter" may be a heap of combining marks.
            if (clipped.Length + letters.GetTextElement().Length > 4 * most)
            {
                break;
            }

            clipped.Append(letters.GetTextElement());
        }

        return clipped.Length == line.Length ? line : clipped.ToString().TrimEnd() + "…";
    }
}
