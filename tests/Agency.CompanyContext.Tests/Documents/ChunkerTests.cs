using System.Globalization;
using Agency.CompanyContext.Documents;

namespace Agency.CompanyContext.Tests.Documents;

public sealed class ChunkerTests
{
    [Fact]
    public void Cut_OfSections_KeepsTheHeadingsAbove()
    {
        var chunks = Chunker.Cut(
            "Intro.\n\n# One\n\nAlpha.\n\n## Deep ##\nBeta.\n\nSecond\n======\n\nGamma.\n\nThird\n---\nDelta.\n", markdown: true);

        Assert.Equal(
            [new("", "Intro."), new("One", "Alpha."), new("One / Deep", "Beta."), new("Second", "Gamma."), new("Second / Third", "Delta.")], chunks);
    }

    [Fact]
    public void Cut_OfPlainText_TakesHashesForText() =>
        Assert.Equal([new Chunk("", "# no heading\n---\n\ntext")], Chunker.Cut("# no heading\n---\n\ntext", markdown: false));

    [Fact]
    public void Cut_OfFencedCodeAndFrontMatter_FindsNoHeadingInThem()
    {
        var chunks = Chunker.Cut("---\ntitle: x\n---\n# Real\n\n```sh\n# comment\n\nls\n```\n\nAfter.\n", markdown: true);

        Assert.Equal([new("", "title: x"), new("Real", "```sh\n# comment\n\nls\n```\n\nAfter.")], chunks);
    }

    [Fact]
    public void Cut_OfAnEmptySection_KeepsItsHeading() =>
        Assert.Equal([new("One / Two", "Two"), new("Three", "Three")], Chunker.Cut("# One\n\n## Two\n\n# Three\n", markdown: true));

    [Fact]
    public void Cut_OfALongSection_RepeatsAShortLastParagraph()
    {
        string[] paragraphs = [.. Enumerable.Range(0, 30).Select(n => string.Create(CultureInfo.InvariantCulture, $"Paragraph {n:00} {new string('x', 120)}."))];

        var chunks = Chunker.Cut("# Long\n\n" + string.Join("\n\n", paragraphs), markdown: true);

        Assert.True(chunks.Count > 3);
        Assert.All(chunks, chunk => Assert.InRange(chunk.Text.Length, 1, Chunker.Target + 10));
        Assert.All(paragraphs, paragraph => Assert.Contains(chunks, chunk => chunk.Text.Contains(paragraph, StringComparison.Ordinal)));
        Assert.All(chunks.Zip(chunks.Skip(1)), pair => Assert.StartsWith(pair.First.Text.Split("\n\n")[^1], pair.Second.Text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("word ")]
    [InlineData("日本語の文章。")]
    [InlineData("😀")]
    [InlineData("x")]
    public void Cut_OfOneEndlessParagraph_LosesNothingAndSplitsNoCharacter(string unit)
    {
        var text = string.Concat(Enumerable.Repeat(unit, 5_000));

        var chunks = Chunker.Cut(text, markdown: true);

        Assert.All(chunks, chunk => Assert.InRange(chunk.Text.Length, 1, Chunker.Target));
        Assert.All(chunks, chunk => Assert.False(char.IsLowSurrogate(chunk.Text[0])));
        Assert.Equal(Compact(text), Compact(string.Concat(chunks.Select(chunk => chunk.Text))));

        static string Compact(string s) => s.Replace(" ", "", StringComparison.Ordinal);
    }
}
