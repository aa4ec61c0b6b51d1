using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Agency.Sops.Parsing;

/// <summary>Markdown's inline content without its markup.</summary>
internal static class InlineText
{
    public static string Of(ContainerInline container) => Collect(container, firstLineOnly: false);

    public static string FirstLine(ContainerInline container) => Collect(container, firstLineOnly: true);

    private static string Collect(ContainerInline container, bool firstLineOnly)
    {
        var text = new StringBuilder();
        foreach (var inline in container.Descendants<LeafInline>())
        {
            if (inline is LineBreakInline && firstLineOnly) break;
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                AutolinkInline link => link.Url,
                LineBreakInline => " ",
                _ => "",
            });
        }

        return text.ToString();
    }
}
