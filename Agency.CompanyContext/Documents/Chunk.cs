namespace Agency.CompanyContext.Documents;

/// <summary>A passage: the headings above it, outermost first and joined by " / ", and its text.</summary>
internal sealed record Chunk(string Heading, string Text);
