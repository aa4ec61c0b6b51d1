using System.Runtime.InteropServices;
using Agency.Benchmarks.AgencyParts;
using Agency.Benchmarks.Contenders;
using Agency.Benchmarks.Measuring;
using Agency.Benchmarks.Reporting;
using Agency.Benchmarks.Sections;

namespace Agency.Benchmarks;

/// <summary>Everything that <c>scheduling</c> measures, in one run on one server.</summary>
internal static class SchedulingBenchmark
{
    public static async Task<Report> RunAsync(BenchmarkOptions options, CancellationToken cancellationToken)
    {
        var report = new Report();
        report.Facts["mode"] = options.Quick ? "quick" : "full";
        report.Facts["started"] = TimeProvider.System.GetUtcNow().ToString("u");
        report.Facts["cores"] = Environment.ProcessorCount;
        report.Facts["runtime"] = RuntimeInformation.FrameworkDescription;
        report.Facts["load_average_before"] = (object?)Machine.Load() ?? "unknown";
        await using var server = await BenchmarkServer.StartAsync(options.Statements, cancellationToken);
        report.Facts["server"] = $"{server.Version}, settings as they come (fsync, synchronous_commit and full_page_writes on), max_connections 200";

        await using var own = new AgencyTables(server);
        if (options.Sections.Contains("idle-registry"))
        {
            // First: it measures this process's time, and rivals leave threads and timers behind.
            await new IdleRegistry(options, own, report).RunAsync(cancellationToken);
        }

        await using (var tables = new Tables(server, options.History, options.Statements))
        {
            var contenders = Contenders(options);
            using var agency = contenders.OfType<AgencyContender>().Single();
            foreach (var contender in contenders)
            {
                report.Facts[contender.Name] = contender.Description;
            }

            if (options.Sections.Contains("due-at-once") || options.Sections.Contains("backlog"))
            {
                await Rounds.WarmUpAsync(contenders, tables, cancellationToken);
            }

            if (options.Sections.Contains("due-at-once"))
            {
                await new DueAtOnce(options, contenders, tables, report).RunAsync(cancellationToken);
            }

            if (options.Sections.Contains("backlog"))
            {
                await new Backlog(options, contenders, tables, report).RunAsync(cancellationToken);
            }
        }

        if (options.Sections.Contains("latency"))
        {
            await new Latency(options, own, report).RunAsync(cancellationToken);
        }

        if (options.Sections.Contains("process-runs"))
        {
            await new ProcessRuns(options, server, own, report).RunAsync(cancellationToken);
        }

        report.Facts["load_average_after"] = (object?)Machine.Load() ?? "unknown";
        report.Facts["seconds"] = Math.Round(Progress.Elapsed.TotalSeconds);
        return report;
    }

    private static List<IContender> Contenders(BenchmarkOptions options) =>
    [
        new AgencyContender(options.Jobs),
        .. ((IContender[])[new PlainSql(options.Jobs), new QuartzContender(options.Jobs, options.QuartzBacklog), new HangfireContender(options.HangfireJobs)])
            .Where(c => options.Rivals.Contains(c.Name)),
    ];
}
