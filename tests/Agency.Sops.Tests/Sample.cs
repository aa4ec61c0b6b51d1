namespace Agency.Sops.Tests;

internal static class Sample
{
    /// <summary>A procedure whose only step calls <paramref name="call"/> with <paramref name="arguments"/>; the arguments stand on line 9.</summary>
    public static string WithCall(string arguments, string call = "context.recall", string frontMatter = "") => $$"""
        ---
        name: sample{{(frontMatter.Length == 0 ? "" : "\n" + frontMatter)}}
        ---
        # Sample

        1. Do it.

           ```tool {{call}}
           {{arguments}}
           ```

        """;

    public static Sop Parsed(string markdown)
    {
        var result = SopParser.Parse(markdown);
        Assert.Empty(result.Errors);
        return result.Sop!;
    }

    public static SopProblem SingleError(string markdown, SopToolSet? known = null)
    {
        var result = SopParser.Parse(markdown, known);
        Assert.Null(result.Sop);
        return Assert.Single(result.Errors);
    }
}
