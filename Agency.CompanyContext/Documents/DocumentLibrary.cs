using System.Security.Cryptography;
using System.Text;
using Agency.CompanyContext.Search;
using Agency.Data;
using Agency.Data.Context;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;

namespace Agency.CompanyContext.Documents;

/// <summary>A text to store under a source name.</summary>
internal sealed record DocumentDraft(string Source, string Content, string? Title);

/// <summary>A company's documents: storing, listing and deleting them.</summary>
internal sealed class DocumentLibrary(TimeProvider time)
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Stores a document with its passages, whole or not at all, in place of the one of the same source.</summary>
    public async Task<LoadedDocument> StoreAsync(ContentSession session, DocumentDraft draft, CancellationToken cancellationToken)
    {
        var db = session.Db;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(draft.Content)));
        var isMarkdown = !draft.Source.EndsWith(".txt", StringComparison.OrdinalIgnoreCase);
        var chunks = Chunker.Cut(draft.Content, isMarkdown);
        var title = draft.Title ?? TitleOf(draft.Content, isMarkdown) ?? draft.Source;

        db.Database.SetCommandTimeout(StoreTimeout);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await LockAsync(session, cancellationToken);
        var known = await db.Documents.SingleOrDefaultAsync(d => d.Source == draft.Source, cancellationToken);
        if (known is not null && known.ContentHash == hash && known.Title == title)
        {
            return new LoadedDocument(draft.Source, title, LoadStatus.Unchanged, chunks.Count, draft.Content.Length, null);
        }

        var now = time.GetUtcNow();
        var document = known ?? new Document
        {
            CompanyId = session.Id,
            DocumentId = Guid.CreateVersion7(now),
            Source = draft.Source,
            Title = title,
            MediaType = "",
            Content = "",
            ContentHash = "",
            CreatedAt = now,
            UpdatedAt = now,
        };
        document.Title = title;
        document.MediaType = isMarkdown ? "text/markdown" : "text/plain";
        document.Content = draft.Content;
        document.ContentHash = hash;
        document.UpdatedAt = now;
        if (known is null)
        {
            db.Add(document);
        }
        else
        {
            await db.DocumentChunks.Where(c => c.DocumentId == document.DocumentId).ExecuteDeleteAsync(cancellationToken);
        }

        await db.SaveChangesAsync(cancellationToken);
        await InsertAsync(db, document, chunks, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        db.Entry(document).State = EntityState.Detached;
        return new LoadedDocument(draft.Source, title, known is null ? LoadStatus.Loaded : LoadStatus.Replaced, chunks.Count, draft.Content.Length, null);
    }

    public static async Task<Result<Page<DocumentSummary>>> ListAsync(ContentSession session, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var after = Cursor.Decode<string>(cursor);
        if (!after.IsSuccess)
        {
            return after.Error;
        }

        var last = after.Value ?? "";
        var db = session.Db;
        var rows = await db.Documents
            .Where(d => string.Compare(d.Source, last) > 0)
            .OrderBy(d => d.Source)
            .Take(limit + 1)
            .Select(d => new DocumentSummary(
                d.Source, d.Title, d.MediaType, d.Content.Length, db.DocumentChunks.Count(c => c.DocumentId == d.DocumentId), d.CreatedAt, d.UpdatedAt))
            .ToListAsync(cancellationToken);
        return Page.From(rows, limit, row => row.Source);
    }

    public static async Task<Result<DeletedDocument>> DeleteAsync(ContentSession session, string source, CancellationToken cancellationToken)
    {
        await using var transaction = await session.Db.Database.BeginTransactionAsync(cancellationToken);
        await LockAsync(session, cancellationToken);

        // The passages go with it.
        var deleted = await session.Db.Documents.Where(d => d.Source == source).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return deleted == 0
            ? Error.NotFound($"'{session.Id}' has no document '{source}'. Call list_documents to see the sources.")
            : new DeletedDocument(session.Id, source);
    }

    /// <summary>
    /// One change of a company's documents at a time: two loads of one source would each delete what the other has not committed yet, and their
    /// word counts would wait for each other.
    /// </summary>
    private static Task<int> LockAsync(ContentSession session, CancellationToken cancellationToken)
    {
        var gate = $"documents of {session.Id}";
        return session.Db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({gate}, 0))", cancellationToken);
    }

    /// <summary>A COPY fails under row level security; one statement over arrays is next best.</summary>
    private static async Task InsertAsync(AgencyDbContext db, Document document, IReadOnlyList<Chunk> chunks, CancellationToken cancellationToken)
    {
        int[] ordinals = [.. Enumerable.Range(0, chunks.Count)];
        string[] headings = [.. chunks.Select(c => c.Heading)];
        string[] texts = [.. chunks.Select(c => c.Text)];
        string[] searchTexts = [.. chunks.Select(c => SearchText.ForIndex(document.Title, c.Heading, c.Text))];
        await db.Database.ExecuteSqlAsync(
            $"""
            insert into agency.document_chunk (company_id, document_id, ordinal, heading, text, search_text)
            select {document.CompanyId.Value}, {document.DocumentId}, c.ordinal, c.heading, c.text, c.search_text
            from unnest({ordinals}, {headings}, {texts}, {searchTexts}) c(ordinal, heading, text, search_text)
            """,
            cancellationToken);
    }

    private static string? TitleOf(string content, bool isMarkdown) =>
        isMarkdown && Blocks.Read(content, markdown: true).FirstOrDefault(block => block.Level > 0) is { Level: > 0 } heading
            ? heading.Text.Length <= 400 ? heading.Text : null
            : null;
}
