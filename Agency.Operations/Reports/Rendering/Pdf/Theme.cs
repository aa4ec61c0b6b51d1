using Agency.Operations.Reports.Model;
using Agency.Operations.Reports.Rendering.Text;
using SkiaSharp;

namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>Paper, colours and type of the printed report; all lengths in points.</summary>
internal static class Theme
{
    public const float PageWidth = 595.28f;
    public const float PageHeight = 841.89f;
    public const float Margin = 56;
    public const float Top = 54;
    public const float Bottom = PageHeight - 64;
    public const float Width = PageWidth - (2 * Margin);
    public const float Right = PageWidth - Margin;
    public const float BlockGap = 14;
    public const float SectionGap = 26;

    public static readonly SKColor Ink = new(0x1C, 0x25, 0x30);
    public static readonly SKColor Muted = new(0x5B, 0x67, 0x75);
    public static readonly SKColor Hairline = new(0xDD, 0xE2, 0xE8);
    public static readonly SKColor Surface = new(0xF4, 0xF6, 0xF9);
    public static readonly SKColor Accent = new(0x23, 0x55, 0x9C);

    public static readonly TextStyle Title = new(25, FontWeight.SemiBold, 1.25f);
    public static readonly TextStyle Client = new(14);
    public static readonly TextStyle Heading = new(14, FontWeight.SemiBold, 1.3f);
    public static readonly TextStyle Body = new(10, Leading: 1.5f);
    public static readonly TextStyle Caption = new(9.5f, FontWeight.SemiBold);
    public static readonly TextStyle Label = new(8.5f);
    public static readonly TextStyle LabelStrong = new(8.5f, FontWeight.SemiBold);
    public static readonly TextStyle Figure = new(19, FontWeight.SemiBold, 1.25f);
    public static readonly TextStyle Cell = new(8.75f);
    public static readonly TextStyle Small = new(7.75f);

    // Distinct in lightness as well as hue, for print in grey.
    private static readonly SKColor[] Neutral =
    [
        new(0x2F, 0x6D, 0xB5), new(0x8F, 0xBC, 0xE6), new(0x1B, 0x3A, 0x63), new(0x5F, 0xA8, 0xA0), new(0xB9, 0xA3, 0xDA), new(0x7A, 0x86, 0x94),
    ];

    /// <summary>The colour of each series, in order.</summary>
    public static SKColor[] ColorsOf(IReadOnlyList<ReportSeries> series)
    {
        var next = 0;
        return [.. series.Select(one => one.Tone switch
        {
            ReportTone.Good => new SKColor(0x2E, 0x8B, 0x74),
            ReportTone.Warning => new SKColor(0xE3, 0xA0, 0x3A),
            ReportTone.Bad => new SKColor(0xB8, 0x3A, 0x3A),
            ReportTone.Muted => new SKColor(0xC3, 0xCA, 0xD3),
            _ => Neutral[next++ % Neutral.Length],
        })];
    }
}
