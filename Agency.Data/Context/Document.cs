using Agency.Data.Auditing;

namespace Agency.Data.Context;

/// <summary>A text of a client, kept whole; what is searched are its <see cref="DocumentChunk"/>s.</summary>
public sealed class Document
{
    public required CompanyId CompanyId { get; init; }

    public required Guid DocumentId { get; init; }

    /// <summary>Name under which it was loaded; loading the same name again replaces the document.</summary>
    public required string Source { get; init; }

    [Content]
    public required string Title { get; set; }

    public required string MediaType { get; set; }

    [Content]
    public required string Content { get; set; }

    /// <summary>SHA-256 of the content, lower-case hexadecimal.</summary>
    public required string ContentHash { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>A passage of a document: the unit of search and of context injection.</summary>
[NotAudited]
public sealed class DocumentChunk
{
    public required CompanyId CompanyId { get; init; }

    public required Guid DocumentId { get; init; }

    /// <summary>Position within the document, from 0.</summary>
    public required int Ordinal { get; init; }

    /// <summary>Headings above the passage, outermost first, joined by " / ".</summary>
    public required string Heading { get; init; }

    public required string Text { get; init; }

    /// <summary>Title, heading and text as the search reads them; the database indexes this and nothing else.</summary>
    public required string SearchText { get; init; }
}
