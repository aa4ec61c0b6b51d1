namespace Agency.Sops;

/// <summary>The outcome of parsing: a procedure, or null when any problem is an error.</summary>
public sealed record SopParseResult(Sop? Sop, IReadOnlyList<SopProblem> Problems)
{
    public IEnumerable<SopProblem> Errors => Problems.Where(p => p.Severity is SopSeverity.Error);
}
