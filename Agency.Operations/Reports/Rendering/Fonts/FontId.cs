namespace Agency.Operations.Reports.Rendering.Fonts;

/// <summary>The embedded fonts.</summary>
internal enum FontId
{
    Sans,
    SansSemiBold,

    /// <summary>One weight only: a second one would double the assembly for headings in Chinese.</summary>
    Cjk,
}
