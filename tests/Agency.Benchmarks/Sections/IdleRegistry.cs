using Agency.Benchmarks.AgencyParts;
using Agency.Benchmarks.Measuring;
using Agency.Benchmarks.Reporting;
using Agency.Scheduler.Planning;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol.Protocol;

namespace Agency.Benchmarks.Sections;

/// <summary>A hundred thousand active workflows, a thousand of them due a minute: what does looking after them cost, and listing them?</summary>
internal sealed class IdleRegistry(BenchmarkOptions options, AgencyTables tables, Report report)
{
    private const int Workflows = 100_000;
    private const int DueAMinute = 1_000;
    private const int Pages = 200;
    private const double PlannerPercent = 2;
    private const double PageMs = 20;

    /// <summary>Until the code has been compiled for good: a method is after thirty calls.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(15);

    private readonly int _seconds = options.Quick ? 8 : 60;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var database = await tables.CreateAsync("registry", cancellationToken);
        Progress.Say($"idle registry: writing {Workflows:#,##0} workflows");
        await AgencySchema.AddWorkflowsAsync(
            database, Workflows, $"now() + interval '1 second' * (i * {60.0 / DueAMinute:0.###})", "'0 5 1 1 *'", cancellationToken);
        await Sql.ExecuteAsync(database.Administrator, "vacuum (analyze)", cancellationToken);

        report.Heading(FormattableString.Invariant($"{Workflows:#,##0} active workflows, {DueAMinute:#,##0} due a minute"));
        using var tokens = new TestTokens();
        var planner = await MeasureAsync(database, tokens, OnlyThePlanner, cancellationToken);
        Add("planner", "planner alone", planner, Target.Most(PlannerPercent));
        if (!options.Quick)
        {
            var whole = await MeasureAsync(database, tokens, null, cancellationToken);
            Add("scheduler", "whole scheduler, no-op executor", whole, null);
        }

        report.Note("CPU time of each second; this process does nothing else meanwhile");

        var pages = await ListAsync(database, tokens, cancellationToken);
        report.Add("list_workflows_p50_ms", "list_workflows, a page: p50", "ms", [Statistics.Quantile(pages, 0.5)], Target.Most(PageMs));
        report.Add("list_workflows_p99_ms", "list_workflows, a page: p99", "ms", [Statistics.Quantile(pages, 0.99)]);
        report.Add("list_workflows_ms", "list_workflows, all pages", "ms", pages);
    }

    private static void OnlyThePlanner(IServiceCollection services)
    {
        foreach (var other in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType != typeof(PlannerService)
            && (s.ImplementationType ?? s.ImplementationFactory?.Method.DeclaringType)?.Namespace?.StartsWith("Agency.Scheduler", StringComparison.Ordinal) == true).ToList())
        {
            services.Remove(other);
        }
    }

    private void Add(string name, string label, (double[] Process, double[] Backends) cpu, Target? target)
    {
        report.Add($"idle_{name}_cpu_percent", $"{label}: this process", "% of a core", cpu.Process, target);
        if (cpu.Backends.Length > 0)
        {
            report.Add($"idle_{name}_postgres_cpu_percent", $"{label}: PostgreSQL backends", "% of a core", cpu.Backends);
        }
    }

    /// <summary>Of each second, so that the median leaves out those in which the compiler is at work.</summary>
    private async Task<(double[] Process, double[] Backends)> MeasureAsync(
        BenchmarkDatabase database, TestTokens tokens, Action<IServiceCollection>? configure, CancellationToken cancellationToken)
    {
        // Nobody waits for these starts to be complete.
        StartLog.Current = new StartLog(-1);
        await using var scheduler = await AgencyService.StartIdleSchedulerAsync(database, tokens, configure);
        await Task.Delay(WarmUp, TimeProvider.System, cancellationToken);
        var planned = await PlannedAsync(database, cancellationToken);
        var (process, backends) = (new List<double>(), new List<double>());
        for (var second = 0; second < _seconds; second++)
        {
            var before = await database.Server.BackendCpuAsync(database.Name, cancellationToken);
            var (cpu, began) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
            var time = TimeProvider.System.GetElapsedTime(began);
            process.Add(100 * ((Environment.CpuUsage.TotalTime - cpu) / time));
            if (await database.Server.BackendCpuAsync(database.Name, cancellationToken) - before is { } used)
            {
                backends.Add(100 * (used / time));
            }
        }

        var count = await PlannedAsync(database, cancellationToken) - planned;
        Progress.Say($"idle registry: {count} occurrences planned in {_seconds} s");
        return count > 0 ? ([.. process], [.. backends]) : throw new InvalidOperationException("Nothing was planned.");
    }

    private static Task<long> PlannedAsync(BenchmarkDatabase database, CancellationToken cancellationToken) =>
        Sql.ScalarAsync<long>(database.Administrator, "select count(*) from agency.run", cancellationToken);

    /// <summary>Milliseconds of each page, sorted, walking from cursor to cursor.</summary>
    private static async Task<double[]> ListAsync(BenchmarkDatabase database, TestTokens tokens, CancellationToken cancellationToken)
    {
        await using var operations = await AgencyService.StartOperationsAsync(database, tokens, redis: "");
        var client = await operations.ConnectAsync(tokens.Operator("operations"));
        var samples = new List<double>(Pages);
        string? cursor = null;
        for (var page = -10; page < Pages; page++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var answer = await client.CallToolAsync("list_workflows", new Dictionary<string, object?> { ["cursor"] = cursor }, cancellationToken: cancellationToken);
            var time = TimeProvider.System.GetElapsedTime(began);
            cursor = Next(answer);
            if (page >= 0)
            {
                samples.Add(time.TotalMilliseconds);
            }
        }

        samples.Sort();
        return [.. samples];
    }

    private static string? Next(CallToolResult answer) =>
        answer is { IsError: not true, StructuredContent: { } page } && page.TryGetProperty("next_cursor", out var next)
            ? next.GetString()
            : throw new InvalidOperationException($"list_workflows: {string.Join(' ', answer.Content)}");
}
