namespace Agency.Sops.Templates;

/// <summary>A text cut into literals and <c>{{ references }}</c>.</summary>
internal static class TemplateText
{
    public static bool HasTemplate(string text) => text.Contains("{{", StringComparison.Ordinal);

    /// <summary>The parts, or null and what is wrong.</summary>
    public static IReadOnlyList<TemplatePart>? Parse(string text, out string? error)
    {
        error = null;
        var parts = new List<TemplatePart>();
        var position = 0;
        while (position < text.Length)
        {
            var open = text.IndexOf("{{", position, StringComparison.Ordinal);
            if (open < 0) break;
            var close = text.IndexOf("}}", open + 2, StringComparison.Ordinal);
            if (close < 0)
            {
                error = $"'{Names.Shown(text[open..])}' has no closing '}}}}'. Write '{{{{ company.id }}}}', for example.";
                return null;
            }

            var path = text[(open + 2)..close].Trim();
            if (TemplateReference.Parse(path) is not { } reference)
            {
                error = $"'{{{{ {Names.Shown(path)} }}}}' is not a reference. Write names separated by dots, and [0] for an item of a list.";
                return null;
            }

            if (open > position) parts.Add(new(text[position..open], null));
            parts.Add(new("", reference));
            position = close + 2;
        }

        if (position < text.Length) parts.Add(new(text[position..], null));
        return parts;
    }
}
