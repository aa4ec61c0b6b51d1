using Agency.Benchmarks.Contenders;
using Agency.Benchmarks.Reporting;

namespace Agency.Benchmarks.Sections;

/// <summary>Ten thousand recurring jobs fall due at the same instant: how late does the last one start?</summary>
internal sealed class DueAtOnce(BenchmarkOptions options, IReadOnlyList<IContender> contenders, Tables tables, Report report)
{
    private const double OfQuartz = 0.1;
    private const double OfPlain = 5;

    /// <summary>Repetitions of a quick run begin before this time.</summary>
    private static readonly TimeSpan QuickUntil = TimeSpan.FromSeconds(70);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var rounds = new Rounds(options, contenders, tables, QuickUntil);
        foreach (var state in Enum.GetValues<TableState>())
        {
            var seconds = await rounds.RunAsync(
                state,
                "due at once",
                (contender, database) => contender.DueAtOnceAsync(database, contender.DueJobs, cancellationToken),
                cancellationToken);
            var name = $"due_at_once_{Rounds.Name(state)}";
            report.Heading($"{options.Jobs:#,##0} due at once, {rounds.Title(state)}");
            foreach (var (contender, samples) in seconds)
            {
                var count = contender.DueJobs == options.Jobs ? "" : FormattableString.Invariant($" of {contender.DueJobs:#,##0}");
                report.Add($"{name}_{contender.Name}_last_start_seconds", $"{contender.Name}: last start{count} after the instant", "s", samples);
            }

            rounds.Compare(report, state, seconds, name, "quartz", Target.Most(OfQuartz));
            rounds.Compare(report, state, seconds, name, "plain", Target.Most(OfPlain));
        }

        rounds.LeftOut.ForEach(report.Note);
    }
}
