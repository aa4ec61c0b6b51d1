namespace Agency.CompanyContext.Documents;

/// <summary>
/// Cuts a document into passages of about <see cref="Target"/> characters. A passage never crosses a heading; where a section needs several, a short
/// last paragraph of one is repeated at the start of the next, so that a sentence that refers back keeps what it refers to.
/// </summary>
internal static class Chunker
{
    public const int Target = 1_000;
    private const int MaxOverlap = 200;

    public static IReadOnlyList<Chunk> Cut(string text, bool markdown)
    {
        var chunks = new List<Chunk>();
        var path = new List<(int Level, string Title)>();
        var section = new List<string>();
        foreach (var block in Blocks.Read(text, markdown))
        {
            if (block.Level == 0)
            {
                section.Add(block.Text);
                continue;
            }

            Close(chunks, path, section, next: block.Level);
            path.RemoveAll(heading => heading.Level >= block.Level);
            path.Add((block.Level, block.Text));
        }

        Close(chunks, path, section, next: 0);
        return chunks;
    }

    private static void Close(List<Chunk> chunks, List<(int Level, string Title)> path, List<string> section, int next)
    {
        var heading = string.Join(" / ", path.Select(p => p.Title));
        if (section.Count == 0 && path.Count > 0 && next <= path[^1].Level)
        {
            // A heading with nothing below it is all there is to find.
            chunks.Add(new Chunk(heading, path[^1].Title));
        }

        var passage = new List<string>();
        foreach (var piece in section.SelectMany(block => LongText.Split(block, Target)))
        {
            if (passage.Count > 0 && Length(passage) + piece.Length > Target)
            {
                chunks.Add(new Chunk(heading, string.Join("\n\n", passage)));
                var last = passage[^1];
                passage.Clear();
                if (last.Length <= MaxOverlap && last.Length + piece.Length <= Target)
                {
                    passage.Add(last);
                }
            }

            passage.Add(piece);
        }

        if (passage.Count > 0)
        {
            chunks.Add(new Chunk(heading, string.Join("\n\n", passage)));
        }

        section.Clear();
    }

    private static int Length(List<string> passage) => passage.Sum(text => text.Length + 2);
}
