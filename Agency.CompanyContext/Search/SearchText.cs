using System.Text;

namespace Agency.CompanyContext.Search;

/// <summary>
/// Prepares text for the database's full-text parser, for indexing and for asking alike. The parser takes a run of Chinese or Japanese for one
/// word, so such runs are cut into overlapping pairs of characters; it takes <c>and/or</c> for a file name and <c>&lt;b&gt;</c> for markup to skip,
/// so these signs become spaces.
/// </summary>
internal static class SearchText
{
    /// <summary>The searchable form of stored text. Single characters are indexed too, so that a question of one character finds something.</summary>
    public static string ForIndex(params IEnumerable<string> parts) => Prepare(string.Join('\n', parts), withSingles: true);

    /// <summary>The searchable form of a question.</summary>
    public static string ForQuery(string question) => Prepare(question, withSingles: false);

    private static string Prepare(string text, bool withSingles)
    {
        var result = new StringBuilder(text.Length + 16);
        var run = new List<Rune>();
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsUnspaced(rune.Value))
            {
                run.Add(rune);
                continue;
            }

            Flush(result, run, withSingles);
            // An invalid surrogate enumerates as the replacement character.
            result.Append(rune.Value is '/' or '\\' or '<' or '>' or 0xFFFD || Rune.IsControl(rune) ? " " : rune.ToString());
        }

        Flush(result, run, withSingles);
        return result.ToString();
    }

    private static void Flush(StringBuilder result, List<Rune> run, bool withSingles)
    {
        if (run.Count == 0)
        {
            return;
        }

        for (var i = 0; i < run.Count; i++)
        {
            if (withSingles || run.Count == 1)
            {
                result.Append(' ').Append(run[i].ToString());
            }

            if (i + 1 < run.Count)
            {
                result.Append(' ').Append(run[i].ToString()).Append(run[i + 1].ToString());
            }
        }

        result.Append(' ');
        run.Clear();
    }

    /// <summary>Scripts that do not put spaces between words, and Korean, whose particles are written onto the word.</summary>
    private static bool IsUnspaced(int c) => c is
        (>= 0x0E00 and <= 0x0EFF) or (>= 0x1000 and <= 0x109F) or (>= 0x1780 and <= 0x17FF) // Thai, Lao; Burmese; Khmer
        or (>= 0x1100 and <= 0x11FF) or (>= 0x3130 and <= 0x318F) or (>= 0xA960 and <= 0xA97F) or (>= 0xAC00 and <= 0xD7FF) // Hangul
        or (>= 0x2E80 and <= 0x2FDF) or (>= 0x3005 and <= 0x3007) or (>= 0x3021 and <= 0x3029) or (>= 0x3031 and <= 0x303B) // radicals, marks
        or (>= 0x3041 and <= 0x309F) or (>= 0x30A1 and <= 0x30FA) or (>= 0x30FC and <= 0x312F) or (>= 0x31A0 and <= 0x31FF) // kana, bopomofo
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFF66 and <= 0xFF9F) // Han, half-width kana
        or (>= 0x20000 and <= 0x3FFFF);
}
