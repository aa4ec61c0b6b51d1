using Agency.Data;

namespace Agency.CompanyContext.Documents;

/// <summary>What became of one document.</summary>
internal enum LoadStatus
{
    Loaded,
    Replaced,
    Unchanged,
    Failed,
}

/// <summary>One document of a load; <c>message</c> says why it failed.</summary>
internal sealed record LoadedDocument(string Source, string Title, LoadStatus Status, int Chunks, int Characters, string? Message);

/// <summary>What a load did: counts over all documents, and up to 100 of them, failed ones first.</summary>
internal sealed record LoadResult(CompanyId Client, int Loaded, int Replaced, int Unchanged, int Failed, IReadOnlyList<LoadedDocument> Documents, string? Note)
{
    private const int MaxListed = 100;

    private const string NoFiles = "The client's folder holds no .md, .markdown or .txt files. Send the text as content with a source_name, or ask the operator to put files there.";

    public static LoadResult Of(CompanyId client, IReadOnlyList<LoadedDocument> documents) => new(
        client, Count(documents, LoadStatus.Loaded), Count(documents, LoadStatus.Replaced), Count(documents, LoadStatus.Unchanged),
        Count(documents, LoadStatus.Failed), [.. documents.OrderByDescending(d => d.Status == LoadStatus.Failed).Take(MaxListed)],
        documents.Count == 0 ? NoFiles : documents.Count > MaxListed ? $"Only {MaxListed} of {documents.Count} documents are listed." : null);

    private static int Count(IReadOnlyList<LoadedDocument> documents, LoadStatus status) => documents.Count(d => d.Status == status);
}

/// <summary>A document in a list.</summary>
internal sealed record DocumentSummary(
    string Source, string Title, string MediaType, int Characters, int Chunks, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A document that is gone.</summary>
internal sealed record DeletedDocument(CompanyId Client, string Source);
