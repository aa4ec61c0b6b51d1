namespace Agency.Data;

/// <summary>
/// One legal move of a state machine. Set-based SQL takes its <see cref="From"/> and <see cref="To"/> as parameters, entities apply it
/// in memory: both draw on the same table of moves, and nothing else writes a status.
/// </summary>
public sealed record Transition<TStatus>(string Name, IReadOnlyList<TStatus> From, TStatus To)
    where TStatus : struct, Enum
{
    public bool Allows(TStatus status) => From.Contains(status);

    /// <summary>The <see cref="From"/> states as the database writes them.</summary>
    public string[] FromNames => [.. From.Select(SnakeCase.Of)];

    /// <summary>The <see cref="To"/> state as the database writes it.</summary>
    public string ToName => SnakeCase.Of(To);
}
