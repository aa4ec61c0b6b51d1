namespace Agency.Data;

/// <summary>A fact about this installation that must be remembered, such as that the demo data was seeded.</summary>
public sealed class AgencyFlag
{
    public required string Name { get; init; }

    public required DateTimeOffset SetAt { get; init; }
}
