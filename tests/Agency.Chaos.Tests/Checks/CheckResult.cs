namespace Agency.Chaos.Tests.Checks;

/// <summary>What came of one check.</summary>
/// <param name="Name">What is asserted, as a sentence.</param>
/// <param name="Counts">What was looked at.</param>
/// <param name="Violations">What contradicts it, one line each; empty when it holds.</param>
internal sealed record CheckResult(string Name, string Counts, IReadOnlyList<string> Violations)
{
    private const int Shown = 40;

    public bool Holds => Violations.Count == 0;

    public override string ToString() =>
        $"{(Holds ? "ok      " : "VIOLATED")} {Name}: {Counts}"
        + string.Concat(Violations.Take(Shown).Select(v => $"{Environment.NewLine}           - {v}"))
        + (Violations.Count > Shown ? $"{Environment.NewLine}           and {Violations.Count - Shown} more" : "");
}
