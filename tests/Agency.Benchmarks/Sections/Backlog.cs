using Agency.Benchmarks.Contenders;
using Agency.Benchmarks.Measuring;
using Agency.Benchmarks.Reporting;

namespace Agency.Benchmarks.Sections;

/// <summary>Ten thousand runs wait: how many a second until the end of the last is committed, and how many commits does one cost?</summary>
internal sealed class Backlog(BenchmarkOptions options, IReadOnlyList<IContender> contenders, Tables tables, Report report)
{
    private const double OfQuartz = 10;
    private const double OfPlain = 0.4;
    private const double CommitsOfARun = 0.2;

    /// <summary>Repetitions of a quick run begin before this time.</summary>
    private static readonly TimeSpan QuickUntil = TimeSpan.FromSeconds(105);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var rounds = new Rounds(options, contenders, tables, QuickUntil);
        foreach (var state in Enum.GetValues<TableState>())
        {
            var commits = new Dictionary<IContender, List<double>>();
            var seconds = await rounds.RunAsync(
                state,
                "backlog",
                async (contender, database) =>
                {
                    var (time, cost) = await MeasureAsync(contender, database, cancellationToken);
                    commits.TryAdd(contender, []);
                    commits[contender].Add(cost);

                    // What all of them would take at that rate: a slow one is given fewer jobs.
                    return time * options.Jobs / contender.BacklogJobs;
                },
                cancellationToken);

            var name = $"backlog_{Rounds.Name(state)}";
            report.Heading($"Backlog of {options.Jobs:#,##0}, {rounds.Title(state)}");
            foreach (var (contender, samples) in seconds)
            {
                var count = contender.BacklogJobs == options.Jobs ? "" : FormattableString.Invariant($" ({contender.BacklogJobs:#,##0} jobs)");
                report.Add($"{name}_{contender.Name}_runs_per_second", $"{contender.Name}{count}", "runs/s", samples.Select(s => options.Jobs / s));
            }

            foreach (var (contender, samples) in commits)
            {
                report.Add(
                    $"{name}_{contender.Name}_commits_per_run", contender.Name, "commits/run", samples,
                    contender.Name == "agency" ? Target.Most(CommitsOfARun) : null);
            }

            rounds.Compare(report, state, seconds, name, "quartz", Target.Least(OfQuartz), value => 1 / value);
            rounds.Compare(report, state, seconds, name, "plain", Target.Least(OfPlain), value => 1 / value);
        }

        rounds.LeftOut.ForEach(report.Note);
        report.Note("commits: pg_stat_database.xact_commit from before the start to after the stop, less those of starting, idling for a second and stopping");
    }

    private static async Task<(double Seconds, double CommitsPerRun)> MeasureAsync(
        IContender contender, BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        var before = await database.CommitsAsync(cancellationToken);
        await contender.BacklogAsync(database, 0, cancellationToken);
        var idle = await database.CommitsAsync(cancellationToken);
        var seconds = await contender.BacklogAsync(database, contender.BacklogJobs, cancellationToken);
        var after = await database.CommitsAsync(cancellationToken);
        return (seconds, Math.Max(0, after - idle - (idle - before)) / (double)contender.BacklogJobs);
    }
}
