using Agency.Data;

namespace Agency.CompanyContext.Memories;

/// <summary>One memory. <c>score</c> is there when a query was given; above 1 says that all of its words are in it.</summary>
internal sealed record MemoryView(Guid MemoryId, string Text, IReadOnlyList<string> Tags, RunId? RunId, DateTimeOffset CreatedAt, double? Score);

/// <summary>A memory that was kept.</summary>
internal sealed record Remembered(CompanyId Client, Guid MemoryId, IReadOnlyList<string> Tags, RunId? RunId, DateTimeOffset CreatedAt);
