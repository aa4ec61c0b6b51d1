namespace Agency.ServiceDefaults.Mcp;

/// <summary>Did you mean: by edit distance.</summary>
internal static class NearestNames
{
    /// <summary>A sentence with the closest names, or with all of them when none is close.</summary>
    public static string Suggest(string name, IReadOnlyCollection<string> known)
    {
        if (known.Count == 0)
        {
            return "None is taken here.";
        }

        var near = known
            .Select(candidate => (candidate, distance: Distance(name, candidate)))
            .Where(pair => pair.distance <= Math.Max(2, pair.candidate.Length / 3) || (name.Length >= 3 && pair.candidate.Contains(name, StringComparison.OrdinalIgnoreCase)))
            .OrderBy(pair => pair.distance).ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Take(3).Select(pair => pair.candidate).ToArray();
        return near.Length > 0 ? $"Did you mean {string.Join(" or ", near)}?" : $"Known: {string.Join(", ", known.Order(StringComparer.Ordinal))}.";
    }

    private static int Distance(string left, string right)
    {
        // Names are short; a long one is no typing error.
        if (Math.Abs(left.Length - right.Length) > 8)
        {
            return int.MaxValue;
        }

        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var current = new int[right.Length + 1];
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
            }

            (previous, current) = (current, previous);
        }

        return previous[right.Length];
    }
}
