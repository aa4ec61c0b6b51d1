using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Checks;

/// <summary>What one worker process wrote into the log for one run, told from others of the same run by its token.</summary>
internal sealed record Execution(string Company, Guid Run, string Token, IReadOnlyList<LogEntry> Entries)
{
    public int Attempt => Entries[0].Attempt;

    public long First => Entries[0].Seq;

    public long Last => Entries[^1].Seq;

    public override string ToString() => $"run {Run} attempt {Attempt} token {Token[^6..]} (log {First} to {Last})";

    /// <summary>In the order of their first entries.</summary>
    public static IReadOnlyList<Execution> Of(IEnumerable<LogEntry> log) =>
        [.. log.GroupBy(e => (e.Company, e.Run, e.Token))
            .Select(g => new Execution(g.Key.Company, g.Key.Run, g.Key.Token, [.. g.OrderBy(e => e.Seq)]))
            .OrderBy(e => e.First)];
}
