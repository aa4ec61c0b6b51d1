namespace Agency.Data.Context;

/// <summary>
/// How many passages or memories of a company hold a word, so that a search knows which words of a question are rare. Kept by triggers; the row
/// of the empty word counts all of them.
/// </summary>
public sealed class SearchTerm
{
    public required CompanyId CompanyId { get; init; }

    /// <summary><c>document</c> or <c>memory</c>.</summary>
    public required string Corpus { get; init; }

    public required string Lexeme { get; init; }

    public required long Frequency { get; init; }
}
