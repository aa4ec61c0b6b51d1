namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>How a piece of text is set; sizes in points, the line's height as a multiple of the size.</summary>
internal readonly record struct TextStyle(float Size, FontWeight Weight = FontWeight.Regular, float Leading = 1.4f)
{
    public float LineHeight => Size * Leading;

    /// <summary>From the top of a line's box to its baseline, so that capitals stand in the box's middle.</summary>
    public float Baseline => (LineHeight / 2) + (0.357f * Size);
}
