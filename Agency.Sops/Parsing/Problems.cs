namespace Agency.Sops.Parsing;

/// <summary>Collects what the parts of the parser find.</summary>
internal sealed class Problems
{
    private readonly List<SopProblem> _all = [];

    public bool HasErrors => _all.Exists(p => p.Severity is SopSeverity.Error);

    public void Error(int line, string message) => _all.Add(new(SopSeverity.Error, line, message));

    public void Warning(int line, string message) => _all.Add(new(SopSeverity.Warning, line, message));

    public IReadOnlyList<SopProblem> InOrder() => [.. _all.OrderBy(p => p.Line)];
}
