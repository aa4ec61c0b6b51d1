using System.Globalization;
using System.Text;

namespace Agency.Operations.Reports.Rendering.Text;

/// <summary>A piece of text no line is broken in, unless it is wider than the line.</summary>
/// <param name="Text">The piece, without white space around it.</param>
/// <param name="SpaceAfter">Whether white space follows, which vanishes at a line's end.</param>
internal readonly record struct Segment(string Text, bool SpaceAfter);

/// <summary>Finds where a line of text may be broken.</summary>
internal static class Segments
{
    // Characters that must not begin a line, and those that must not end one.
    private const string NeverFirst = "、。，．・：；！？）」』】〉》〕］｝〗ー々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ…‥”’%‰℃,.:;!?)]}";
    private const string NeverLast = "（「『【〈《〔［｛〖“‘([{";

    /// <summary>The text's segments; it holds no line breaks. Control characters count as white space.</summary>
    public static List<Segment> Of(string text)
    {
        var segments = new List<Segment>();
        var word = new StringBuilder();
        var (previous, beforePrevious) = (default(Rune), default(Rune));
        foreach (var (grapheme, first, last) in Graphemes(text))
        {
            if (IsSpace(first))
            {
                if (word.Length > 0)
                    segments.Add(new Segment(word.ToString(), true));
                else if (segments.Count > 0)
                    segments[^1] = segments[^1] with { SpaceAfter = true };
                word.Clear();
                (previous, beforePrevious) = (default, default);
                continue;
            }
            if (word.Length > 0 && MayBreak(beforePrevious, previous, first))
            {
                segments.Add(new Segment(word.ToString(), false));
                word.Clear();
            }
            word.Append(grapheme);
            (beforePrevious, previous) = (previous, last);
        }
        if (word.Length > 0)
            segments.Add(new Segment(word.ToString(), false));
        return segments;
    }

    /// <summary>What readers see as characters. A lone surrogate becomes U+FFFD.</summary>
    public static IEnumerable<(string Text, Rune First, Rune Last)> Graphemes(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var length = StringInfo.GetNextTextElementLength(text.AsSpan(start));
            var grapheme = text.Substring(start, length);
            start += length;
            Rune.DecodeFromUtf16(grapheme, out var first, out _);
            if (Rune.DecodeLastFromUtf16(grapheme, out var last, out _) != System.Buffers.OperationStatus.Done)
                grapheme = "\uFFFD";
            yield return (grapheme, first, last);
        }
    }

    private static bool IsSpace(Rune rune) =>
        Rune.IsControl(rune) || (Rune.IsWhiteSpace(rune) && rune.Value is not (0x00A0 or 0x2007 or 0x202F));

    private static bool MayBreak(Rune beforePrevious, Rune previous, Rune next)
    {
        if (previous.Value == 0x200B)
            return true;
        if (IsOneOf(NeverFirst, next) || IsOneOf(NeverLast, previous))
            return false;
        if (IsIdeograph(previous) || IsIdeograph(next))
            return true;
        // After a hyphen or slash within a word, but not within "-5", "2026-11" or "24/7".
        return previous.Value is '-' or '/' or 0x2013 or 0x2014 && Rune.IsLetter(next) && Rune.IsLetterOrDigit(beforePrevious);
    }

    private static bool IsOneOf(string set, Rune rune) => rune.IsBmp && set.Contains((char)rune.Value);

    private static bool IsIdeograph(Rune rune) => rune.Value is (>= 0x2E80 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF)
        or (>= 0xFE30 and <= 0xFE4F) or (>= 0xFF00 and <= 0xFFEF) or (>= 0x20000 and <= 0x3FFFF);
}
