namespace Agency.Operations.Reports.Rendering.Pdf;

/// <summary>Where the next block goes: a column of text that runs over as many pages as it needs.</summary>
internal sealed class PageFlow
{
    private readonly List<Page> _pages = [];

    public PageFlow() => Break();

    public IReadOnlyList<Page> Pages => _pages;

    public Page Page => _pages[^1];

    public float Y { get; private set; }

    public float Remaining => Theme.Bottom - Y;

    public bool AtTop => Y <= Theme.Top;

    /// <summary>The height of an empty page.</summary>
    public static float PageCapacity => Theme.Bottom - Theme.Top;

    public void Break()
    {
        _pages.Add(new Page());
        Y = Theme.Top;
    }

    public void Advance(float height) => Y += height;

    /// <summary>White space between blocks, which a page never begins with.</summary>
    public void Gap(float height)
    {
        if (!AtTop)
            Y += height;
    }

    /// <summary>Goes to a new page unless <paramref name="height"/> fits, or nothing would be gained.</summary>
    public void Require(float height)
    {
        if (height > Remaining && !AtTop)
            Break();
    }
}
