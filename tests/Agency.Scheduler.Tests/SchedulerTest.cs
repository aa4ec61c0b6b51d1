using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Scheduler.Dispatch;
using Agency.Scheduler.Planning;
using Agency.Scheduler.Settling;
using Agency.ServiceDefaults.Clock;
using Agency.ServiceDefaults.WakeUps;
using Agency.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Agency.Scheduler.Tests;

/// <summary>The scheduler's parts over a database of the test's own, with a clock that the test moves.</summary>
public abstract class SchedulerTest(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>, IAsyncLifetime
{
    internal static readonly DateTimeOffset Noon = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    internal FakeTimeProvider Time { get; } = new(Noon);

    internal RecordedWakeUps WakeUps { get; } = new();

    internal SchedulerOptions Options { get; } = new();

    internal AgencyTestDatabase Test => database;

    internal AgencyDatabase Database => database.As("scheduler");

    internal SchedulerTelemetry Telemetry { get; } = new();

    public virtual async ValueTask InitializeAsync() =>
        await database.ExecuteAsync("""
            truncate agency.work_hold, agency.company_share, agency.excluded_date, agency.finding, agency.run_event, agency.run_step, agency.run, agency.workflow_event, agency.escalation, agency.notification, agency.workflow,
                agency.company cascade
            """);

    public virtual ValueTask DisposeAsync()
    {
        Telemetry.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal Planner NewPlanner() => new(Database, Wrap(), Telemetry, Time, NullLogger<Planner>.Instance);

    /// <summary>All runs, also those that were skipped: when they were due, what became of them, and of how many each tells.</summary>
    internal Task<List<string>> OccurrencesAsync() => RowsAsync("select scheduled_for, status, skip_reason, occurrences from run order by scheduled_for, trigger");

    /// <summary>Plans what is due. Returns how many runs were queued.</summary>
    internal async Task<int> PlanAsync() => (await NewPlanner().RunOnceAsync(() => { }, default)).Queued;

    internal Claimer NewClaimer(SchedulerIdentity? identity = null) => new(Database, identity ?? new SchedulerIdentity(), Wrap(), Time);

    internal Settler NewSettler() => new(Database, WakeUps, Telemetry, Time, NullLogger<Settler>.Instance);

    internal Leases NewLeases(SchedulerIdentity? identity = null, TimeProvider? machine = null) => new(
        Database, identity ?? new SchedulerIdentity(), Wrap(), machine ?? Time, new MachineClock(machine ?? Time), NullLogger<Leases>.Instance);

    internal LeaseRecovery NewRecovery(Leases? leases = null, TimeProvider? machine = null) =>
        new(Database, NewSettler(), leases ?? NewLeases(), Wrap(), machine ?? Time, NullLogger<LeaseRecovery>.Instance);

    internal Cancellation NewCancellation(SchedulerIdentity? identity = null) => new(Database, identity ?? new SchedulerIdentity(), Telemetry, Time);

    internal IOptions<SchedulerOptions> Wrap() => Microsoft.Extensions.Options.Options.Create(Options);

    /// <summary>An active workflow. <paramref name="writtenAt"/> is when its definition was last written: a day ago unless given.</summary>
    internal Task AddWorkflowAsync(
        string company, string workflow, string? cron, DateTimeOffset? nextRun, DateTimeOffset? writtenAt = null, string? zone = null,
        int maxAttempts = 3, int initial = 30, double factor = 2, int maxDelay = 3600, string type = "demo", string overlap = "skip") =>
        Test.ExecuteAsync(
            """
            insert into agency.workflow (company_id, workflow_id, type, status, schedule, next_run, created_at, updated_at, time_zone, max_attempts,
                                         retry_initial_seconds, retry_factor, retry_max_seconds, timeout_seconds, overlap)
            values ($1, $2, $11, 'active', $3, $4, $5, $5, $6, $7, $8, $9, $10, 60, $12)
            """,
            company, workflow, (object?)cron ?? DBNull.Value, (object?)nextRun ?? DBNull.Value, writtenAt ?? Noon.AddDays(-30),
            (object?)zone ?? DBNull.Value, maxAttempts, initial, factor, maxDelay, type, overlap);

    internal async Task<RunId> AddRunAsync(
        string company, string workflow, DateTimeOffset? scheduledFor = null, string trigger = "scheduled", int priority = 0)
    {
        var id = RunId.New(TimeProvider.System);
        await Test.ExecuteAsync(
            """
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at, priority)
            values ($1, $2, $3, $5, $4, 'queued', $6, $6, $7)
            """,
            company, id.Value, workflow, scheduledFor ?? Time.GetUtcNow(), trigger, Time.GetUtcNow(), priority);
        return id;
    }

    /// <summary>Rows of a query, each column as text, for comparing at a glance.</summary>
    internal async Task<List<string>> RowsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Test.AdminConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"set time zone 'UTC'; set search_path = agency; {sql}", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        do
        {
            while (await reader.ReadAsync())
            {
                rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "-" : Text(reader.GetValue(i)))));
            }
        }
        while (await reader.NextResultAsync());
        return rows;
    }

    private static string Text(object value) => value switch
    {
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };
}

/// <summary>Remembers what was published.</summary>
internal sealed class RecordedWakeUps : IWakeUps
{
    public List<string> Published { get; } = [];

    public Task PublishAsync(string topic, CancellationToken cancellationToken = default)
    {
        lock (Published)
        {
            Published.Add(topic);
        }

        return Task.CompletedTask;
    }

    public IDisposable Subscribe(string topic, Action onWakeUp) => new Nothing();

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
