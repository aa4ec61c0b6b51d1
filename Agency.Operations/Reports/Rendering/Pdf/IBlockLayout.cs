namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>A block that is measured and ready to be put on pages.</summary>
internal interface IBlockLayout
{
    /// <summary>What must fit below a heading for the heading to stay on its page.</summary>
    float FirstPartHeight { get; }

    void Place(PageFlow flow);
}
