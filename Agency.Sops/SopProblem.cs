namespace Agency.Sops;

/// <summary>Whether a problem keeps the procedure from running.</summary>
public enum SopSeverity
{
    /// <summary>Runs, but is probably not what the author meant.</summary>
    Warning,

    /// <summary>Cannot run.</summary>
    Error,
}

/// <summary>Something wrong in a procedure.</summary>
/// <param name="Severity">Whether it can run nevertheless.</param>
/// <param name="Line">The line in the document, from 1.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record SopProblem(SopSeverity Severity, int Line, string Message)
{
    public override string ToString() => $"line {Line}: {(Severity is SopSeverity.Error ? "error" : "warning")}: {Message}";
}
