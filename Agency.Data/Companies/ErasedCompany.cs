namespace Agency.Data.Companies;

/// <summary>
/// A client that was erased: its id and when, and nothing else of it. What would make it again by itself, such as the workflows file that is read at every
/// start, asks here first. Its id may be taken again by whoever makes a client on purpose.
/// </summary>
public sealed class ErasedCompany
{
    /// <summary>As it was; no client has it now, or another one.</summary>
    public required CompanyId Id { get; init; }

    public required DateTimeOffset ErasedAt { get; init; }
}
