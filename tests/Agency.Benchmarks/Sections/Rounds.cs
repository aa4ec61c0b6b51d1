using Agency.Benchmarks.Contenders;
using Agency.Benchmarks.Measuring;
using Agency.Benchmarks.Reporting;

namespace Agency.Benchmarks.Sections;

/// <summary>
/// Measures all contenders side by side: a warm-up each, then rounds in alternating order. The slow ones are measured fewer times, in a quick run
/// once; a quick run repeats while it has time. Who keeps no history is not measured on one, and its figure on fresh tables stands for both.
/// </summary>
internal sealed class Rounds(BenchmarkOptions options, IReadOnlyList<IContender> contenders, Tables tables, TimeSpan quickUntil)
{
    private const int SlowWarmUpJobs = 200;
    private const int FastWarmUps = 3;

    private readonly Dictionary<string, double[]> _fresh = [];

    /// <summary>Rivals that did not come to an end, and how far they came.</summary>
    public List<string> LeftOut { get; } = [];

    public static string Name(TableState state) => state is TableState.Fresh ? "fresh" : "history";

    public string Title(TableState state) =>
        state is TableState.Fresh ? "fresh tables" : FormattableString.Invariant($"{options.History:#,##0} finished runs");

    public async Task<IReadOnlyList<(IContender Contender, double[] Samples)>> RunAsync(
        TableState state, string what, Func<IContender, BenchmarkDatabase, Task<double>> measure, CancellationToken cancellationToken)
    {
        var measured = contenders.Where(c => state is TableState.Fresh || (c.KeepsHistory && !(c.IsSlow && options.Quick))).ToList();
        var samples = measured.ToDictionary(c => c, _ => new List<double>());
        var failed = new HashSet<IContender>();
        for (var round = 0; round == 0 || (HasTime && samples.Any(s => s.Value.Count < Repetitions(s.Key) && !failed.Contains(s.Key))); round++)
        {
            foreach (var contender in round % 2 == 0 ? measured : Enumerable.Reverse(measured))
            {
                if (samples[contender].Count < Repetitions(contender) && !failed.Contains(contender))
                {
                    try
                    {
                        var value = await tables.WithAsync(contender, state, database => measure(contender, database), cancellationToken);
                        samples[contender].Add(value);
                        Progress.Say($"{what}, {Title(state)}: {contender.Name} {value:0.000} s");
                    }
                    catch (TimeoutException e) when (contender is not AgencyContender)
                    {
                        // It is too slow for this machine, or has lost a job: the others are measured all the same.
                        failed.Add(contender);
                        LeftOut.Add($"{what}, {Title(state)}: {contender.Name} did not come to an end. {e.Message}");
                        Progress.Say($"{LeftOut[^1]}");
                    }
                }
            }
        }

        if (state is TableState.Fresh)
        {
            foreach (var (contender, values) in samples.Where(s => s.Value.Count > 0))
            {
                _fresh[contender.Name] = [.. values];
            }
        }

        return [.. samples.Where(s => s.Value.Count > 0).Select(s => (s.Key, s.Value.ToArray()))];
    }

    /// <summary>
    /// So that nobody pays for the compiler within a measurement. A program that is through in a second needs several rounds until its code is
    /// compiled for good; one that takes half a minute has that behind it when its measurement has hardly begun.
    /// </summary>
    public static async Task WarmUpAsync(IReadOnlyList<IContender> contenders, Tables tables, CancellationToken cancellationToken)
    {
        foreach (var contender in contenders)
        {
            Progress.Say($"warming up {contender.Name}");
            for (var round = 0; round < (contender.IsSlow ? 1 : FastWarmUps); round++)
            {
                await tables.WithAsync(
                    contender,
                    TableState.Fresh,
                    database => contender.BacklogAsync(database, contender.IsSlow ? SlowWarmUpJobs : contender.BacklogJobs, cancellationToken),
                    cancellationToken);
            }
        }
    }

    /// <summary>Adds what the agency's median is, measured by a rival's, if both were measured.</summary>
    public void Compare(
        Report report, TableState state, IReadOnlyList<(IContender Contender, double[] Samples)> measured, string name, string rival, Target target,
        Func<double, double>? rate = null)
    {
        var ours = measured.FirstOrDefault(m => m.Contender.Name == "agency").Samples;
        var theirs = measured.FirstOrDefault(m => m.Contender.Name == rival).Samples;
        var borrowed = theirs is null && state is TableState.History;
        theirs ??= _fresh.GetValueOrDefault(rival);
        if (ours is not null && theirs is not null)
        {
            rate ??= value => value;
            var ratio = rate(Median(ours)) / rate(Median(theirs));
            report.Add($"{name}_agency_to_{rival}", $"agency / {rival}{(borrowed ? " (which keeps no history)" : "")}", "", [ratio], target);
        }
    }

    private static double Median(double[] samples) => Statistics.Quantile([.. samples.Order()], 0.5);

    private bool HasTime => !options.Quick || Progress.Elapsed < quickUntil;

    private int Repetitions(IContender contender) => (contender.IsSlow, options.Quick) switch
    {
        (true, true) => 1,
        (true, false) => contender.Name == "hangfire" ? 1 : 3,
        _ => 5,
    };
}
