using Agency.Data.Auditing;

namespace Agency.Data.Context;

/// <summary>Episodic memory: one thing that happened or was learnt for a client.</summary>
[Content]
public sealed class Memory
{
    public required CompanyId CompanyId { get; init; }

    public required Guid MemoryId { get; init; }

    public required string Text { get; init; }

    /// <summary>The text and the tags as the search reads them.</summary>
    public required string SearchText { get; init; }

    public List<string> Tags { get; init; } = [];

    /// <summary>The run that remembered it, if a run did.</summary>
    public Guid? RunId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
}
