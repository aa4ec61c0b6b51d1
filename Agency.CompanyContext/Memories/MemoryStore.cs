using Agency.CompanyContext.Search;
using Agency.Data;
using Agency.Data.Context;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Microsoft.EntityFrameworkCore;

namespace Agency.CompanyContext.Memories;

/// <summary>A company's episodic memory.</summary>
internal sealed class MemoryStore(CompanyContent content, Caller caller, TimeProvider time)
{
    public const int MaxText = 20_000;
    public const int MaxTags = 20;
    public const int MaxTag = 64;

    public Task<Result<Remembered>> RememberAsync(string? client, string text, IReadOnlyList<string>? tags, CancellationToken cancellationToken) =>
        content.UseAsync<Remembered>(
            client,
            async session =>
            {
                var problem = string.IsNullOrWhiteSpace(text) ? Error.Invalid("text is blank. Say what happened or was learnt.") : PlainText.Check("text", text, MaxText);
                if (problem is not null)
                {
                    return problem;
                }

                var cleaned = Clean(tags);
                if (!cleaned.IsSuccess)
                {
                    return cleaned.Error;
                }

                var now = time.GetUtcNow();
                var memory = new Memory
                {
                    CompanyId = session.Id,
                    MemoryId = Guid.CreateVersion7(now),
                    Text = text,
                    SearchText = SearchText.ForIndex([text, .. cleaned.Value]),
                    Tags = [.. cleaned.Value],
                    RunId = caller.Run?.Value,
                    CreatedAt = now,
                };
                session.Db.Add(memory);
                await session.Db.SaveChangesAsync(cancellationToken);
                return new Remembered(session.Id, memory.MemoryId, memory.Tags, caller.Run, now);
            },
            cancellationToken);

    public Task<Result<Page<MemoryView>>> RecallAsync(
        string? client, string? query, IReadOnlyList<string>? tags, string? cursor, int limit, CancellationToken cancellationToken) =>
        content.UseAsync<Page<MemoryView>>(
            client,
            async session =>
            {
                var cleaned = Clean(tags);
                if (!cleaned.IsSuccess)
                {
                    return cleaned.Error;
                }

                if (string.IsNullOrWhiteSpace(query))
                {
                    return await NewestAsync(session.Db, cleaned.Value, cursor, limit, cancellationToken);
                }

                return cursor is null
                    ? await SearchAsync(session, query, cleaned.Value, limit, cancellationToken)
                    : Error.Invalid("cursor goes with a recall without query. With a query ask for a larger limit, or narrow it by tags.");
            },
            cancellationToken);

    private static async Task<Result<Page<MemoryView>>> NewestAsync(
        AgencyDbContext db, string[] tags, string? cursor, int limit, CancellationToken cancellationToken)
    {
        var position = Cursor.Decode<MemoryPosition>(cursor);
        if (!position.IsSuccess)
        {
            return position.Error;
        }

        var memories = db.Memories.Where(m => tags.All(tag => m.Tags.Contains(tag)));
        if (position.Value is { } before)
        {
            memories = memories.Where(m => m.CreatedAt < before.At || (m.CreatedAt == before.At && m.MemoryId < before.Id));
        }

        var rows = await memories.OrderByDescending(m => m.CreatedAt).ThenByDescending(m => m.MemoryId).Take(limit + 1)
            .Select(m => new Row(m.MemoryId, m.Text, m.Tags, m.RunId, m.CreatedAt, null)).ToListAsync(cancellationToken);
        return Page.From([.. rows.Select(View)], limit, memory => new MemoryPosition(memory.CreatedAt, memory.MemoryId));
    }

    private static async Task<Result<Page<MemoryView>>> SearchAsync(
        ContentSession session, string query, string[] tags, int limit, CancellationToken cancellationToken)
    {
        var question = SearchText.ForQuery(query);
        var rows = await session.Db.Database.SqlQuery<Row>($"""
            select m.memory_id, m.text, m.tags, m.run_id, m.created_at, s.score
            from agency.search_memories({question}, {tags}, {limit}) s
            join agency.memory m on m.company_id = {session.Id.Value} and m.memory_id = s.memory_id
            order by s.score desc, m.created_at desc
            """).ToListAsync(cancellationToken);
        return new Page<MemoryView>([.. rows.Select(View)], null);
    }

    private static MemoryView View(Row row) => new(
        row.MemoryId, row.Text, row.Tags, row.RunId is { } run ? new RunId(run) : null, row.CreatedAt, row.Score is { } score ? Math.Round(score, 4) : null);

    /// <summary>Tags are compared exactly, so they are kept in one form: trimmed, lower case, each once.</summary>
    private static Result<string[]> Clean(IReadOnlyList<string>? tags)
    {
        string[] cleaned = [.. (tags ?? []).Select(tag => (tag ?? "").Trim().ToLowerInvariant()).Where(tag => tag.Length > 0).Distinct(StringComparer.Ordinal)];
        return cleaned.Length > MaxTags
            ? Error.Invalid($"There are {cleaned.Length} tags; at most {MaxTags} are kept.")
            : cleaned.Select(tag => PlainText.Check("A tag", tag, MaxTag, singleLine: true)).FirstOrDefault(problem => problem is not null) is { } problem
                ? problem
                : cleaned;
    }

    private sealed record MemoryPosition(DateTimeOffset At, Guid Id);

    private sealed record Row(Guid MemoryId, string Text, List<string> Tags, Guid? RunId, DateTimeOffset CreatedAt, double? Score);
}
