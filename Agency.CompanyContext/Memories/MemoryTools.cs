using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.CompanyContext.Search;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.CompanyContext.Memories;

/// <summary>The tools over a client's episodic memory.</summary>
[McpServerToolType]
internal sealed class MemoryTools(MemoryStore memories)
{
    private const string ClientHelp = "The client company's id, as list_companies gives it. Leave it out with a token that belongs to one company.";

    [McpServerTool(Name = "remember", Title = "Remember something of a client", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Keeps one thing that happened or was learnt for a client, so that later runs can recall it. When a run calls, its id is kept with it. Larger texts belong into load_company_context.")]
    public Task<Remembered> RememberAsync(
        [Description("What to remember, in words that make sense on their own later.")][StringLength(MemoryStore.MaxText, MinimumLength = 1)][Content] string text,
        [Description("Words to find it by, such as onboarding or decision. Kept in lower case.")][Content] IReadOnlyList<string>? tags = null,
        [Description(ClientHelp)] string? client = null,
        CancellationToken cancellationToken = default) =>
        memories.RememberAsync(client, text, tags, cancellationToken).OrThrow();

    [McpServerTool(Name = "recall", Title = "Recall what is known of a client", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Returns memories of a client: with a query those that fit it best, without one the newest first.")]
    public Task<Page<MemoryView>> RecallAsync(
        [Description("A question or keywords. Leave it out for the newest memories.")][StringLength(SearchTools.MaxQuestion)] string? query = null,
        [Description("Only memories that carry all of these tags.")] IReadOnlyList<string>? tags = null,
        [Description(ClientHelp)] string? client = null,
        [Description("next_cursor of the previous page; only without a query.")] string? cursor = null,
        [Description("How many at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        memories.RecallAsync(client, query, tags, cursor, limit, cancellationToken).OrThrow();
}
