namespace Agency.Sops;

/// <summary>A standard operating procedure that parsed without errors.</summary>
public sealed record Sop
{
    /// <summary>The slug by which workflows name this procedure (<c>name</c> in the front matter, else made from the title).</summary>
    public required string Name { get; init; }

    /// <summary>The text of the <c># Title</c> heading.</summary>
    public required string Title { get; init; }

    public string? Description { get; init; }

    public string? Version { get; init; }

    public IReadOnlyList<SopInput> Inputs { get; init; } = [];

    /// <summary>
    /// What to look for in the company's documents before the first step. May hold templates of <c>company</c>, <c>workflow</c>, <c>run</c> and
    /// <c>inputs</c>; without <c>context_query</c> in the front matter it is the title and the description.
    /// </summary>
    public required string ContextQuery { get; init; }

    /// <summary>
    /// Whether the company's profile and passages are fetched before the first step. False with <c>context: none</c> in the front matter: for a
    /// procedure that needs neither.
    /// </summary>
    public bool InjectsContext { get; init; } = true;

    /// <summary>How long one step may take; null leaves it to the caller's limit.</summary>
    public TimeSpan? StepTimeout { get; init; }

    /// <summary>The steps in order; never empty.</summary>
    public required IReadOnlyList<SopStep> Steps { get; init; }

    /// <summary>The tools that the steps call, each once, in order of first use.</summary>
    public IReadOnlyList<SopTool> Tools => [.. Steps.Where(s => s.Call is not null).Select(s => s.Call!.Tool).Distinct()];

    /// <summary>
    /// All a run of this procedure may call: <see cref="Tools"/> and, unless it leaves them out, the two by which the company's context is injected
    /// before the first step.
    /// </summary>
    public IReadOnlyList<SopTool> AllowedTools => InjectsContext ? [.. Tools.Prepend(SopTool.QueryContext).Prepend(SopTool.GetProfile).Distinct()] : Tools;
}
