using System.Globalization;

namespace Agency.Sops.Templates;

/// <summary>A path such as <c>steps.report.items[0].id</c>.</summary>
internal sealed record TemplateReference(string Path, IReadOnlyList<PathSegment> Segments)
{
    public static TemplateReference? Parse(string path)
    {
        var segments = new List<PathSegment>();
        for (var i = 0; i < path.Length;)
        {
            var start = i;
            if (path[i] == '[')
            {
                var end = path.IndexOf(']', i);
                if (end < 0 || segments.Count == 0 || !int.TryParse(path.AsSpan(i + 1, end - i - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)) return null;
                segments.Add(new(null, index));
                i = end + 1;
                continue;
            }

            if (segments.Count > 0)
            {
                if (path[i] != '.') return null;
                start = ++i;
            }

            while (i < path.Length && Names.IsNameCharacter(path[i])) i++;
            if (i == start) return null;
            segments.Add(new(path[start..i], 0));
        }

        return segments.Count == 0 ? null : new TemplateReference(path, segments);
    }
}

/// <summary>A member's name, or an index when the name is null.</summary>
internal readonly record struct PathSegment(string? Name, int Index)
{
    public override string ToString() => Name is null ? $"[{Index.ToString(CultureInfo.InvariantCulture)}]" : $".{Name}";
}
