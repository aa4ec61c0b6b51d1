using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol.Server;

namespace Agency.CompanyContext.Search;

/// <summary>A passage that was found. A score above 1 says that every word of the question is in it.</summary>
internal sealed record Passage(string Id, string Source, string Title, string Heading, string Text, double Score);

/// <summary>The passages that answer a question best, best first.</summary>
internal sealed record PassageList(CompanyId Client, IReadOnlyList<Passage> Passages, string? Note);

/// <summary>The tool that finds passages.</summary>
[McpServerToolType]
internal sealed class SearchTools(CompanyContent content)
{
    public const int MaxQuestion = 2_000;

    [McpServerTool(Name = "query_company_context", Title = "Search a client's documents", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Returns the passages of a client's documents that fit a question or some keywords best, best first, each with its source and heading. Passages with all "
        + "words come first (score above 1), then those with the rarest words. Words are matched by their stem, not by meaning: name the thing you look for, and try other words when nothing fits.")]
    public Task<PassageList> QueryCompanyContextAsync(
        [Description("A question or keywords in plain language; operators have no meaning.")][StringLength(MaxQuestion, MinimumLength = 1)] string query,
        [Description("The client company's id, as list_companies gives it. Leave it out with a token that belongs to one company.")] string? client = null,
        [Description("How many passages at most.")][Range(1, 50)] int limit = 5,
        CancellationToken cancellationToken = default) =>
        content.UseAsync<PassageList>(client, session => FindAsync(session, query, limit, cancellationToken), cancellationToken).OrThrow();

    private static async Task<Result<PassageList>> FindAsync(ContentSession session, string query, int limit, CancellationToken cancellationToken)
    {
        var question = SearchText.ForQuery(query);
        var rows = await session.Db.Database.SqlQuery<Row>($"""
            select d.source, d.title, c.ordinal, c.heading, c.text, s.score
            from agency.search_documents({question}, {limit}) s
            join agency.document_chunk c on c.company_id = {session.Id.Value} and c.document_id = s.document_id and c.ordinal = s.ordinal
            join agency.document d on d.company_id = c.company_id and d.document_id = c.document_id
            order by s.score desc, d.source, c.ordinal
            """).ToListAsync(cancellationToken);
        var note = rows.Count > 0 ? null
            : await session.Db.Documents.AnyAsync(cancellationToken) ? "No passage holds any of these words. Try different words, or call list_documents to see what there is."
            : "This client has no documents yet. Call load_company_context to add some.";
        return new PassageList(
            session.Id,
            [.. rows.Select(row => new Passage($"{row.Source}#{row.Ordinal}", row.Source, row.Title, row.Heading, row.Text, Math.Round(row.Score, 4)))],
            note);
    }

    private sealed record Row(string Source, string Title, int Ordinal, string Heading, string Text, double Score);
}
