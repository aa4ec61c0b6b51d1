namespace Agency.Sops.Parsing;

/// <summary>What the YAML block at the top of a procedure says.</summary>
internal sealed record FrontMatter
{
    public string? Name { get; init; }

    public string? Description { get; init; }

    public string? Version { get; init; }

    public bool InjectsContext { get; init; } = true;

    public string? ContextQuery { get; init; }

    public int ContextQueryLine { get; init; } = 1;

    public TimeSpan? Timeout { get; init; }

    public IReadOnlyList<SopInput> Inputs { get; init; } = [];
}
