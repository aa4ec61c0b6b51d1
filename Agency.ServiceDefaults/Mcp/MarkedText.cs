using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>Marks the text of answers that models read.</summary>
public static class MarkedText
{
    /// <summary>
    /// What tools answer as text goes through <paramref name="mark"/>, because it may hold what clients and strangers wrote, unless the tool has
    /// <see cref="OwnWordsAttribute"/>. The structured content stays as the schema has it: programs read that, and JSON is delimited by itself.
    /// </summary>
    public static IMcpServerBuilder WithMarkedText(this IMcpServerBuilder mcp, Func<string, string> mark)
    {
        ArgumentNullException.ThrowIfNull(mcp);
        return mcp.WithRequestFilters(filters => filters.AddCallToolFilter(next => async (request, cancellationToken) =>
        {
            var result = await next(request, cancellationToken);
            if (result.IsError is not true && request.MatchedPrimitive is AgencyTool { OwnWords: false })
            {
                result.Content = [.. result.Content.Select(block => block is TextContentBlock text ? new TextContentBlock { Text = mark(text.Text) } : block)];
            }

            return result;
        }));
    }
}
