using Agency.Data.Tenancy;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agency.ServiceDefaults.Clock;

/// <summary>
/// The time of the database, told by this process: its answer to the last question plus what has passed since by the steady clock. Whoever
/// plans, claims or writes what these go by so has one clock; a machine whose own clock is wrong or is set neither runs ahead nor holds anything up. Until the
/// first answer it is the machine's time.
/// </summary>
public sealed partial class DatabaseClock(AgencyDatabase database, MachineClock machine, ILogger<DatabaseClock> logger) : TimeProvider
{
    private static readonly TimeSpan WorthTelling = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;
    private volatile Reading? _last;

    public override long TimestampFrequency => machine.Time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => machine.Time.LocalTimeZone;

    public override DateTimeOffset GetUtcNow() =>
        _last is { } last ? last.At + machine.Time.GetElapsedTime(last.Timestamp) : machine.Time.GetUtcNow();

    public override long GetTimestamp() => machine.Time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        machine.Time.CreateTimer(callback, state, dueTime, period);

    /// <summary>Asks the database.</summary>
    /// <exception cref="NpgsqlException">It did not answer.</exception>
    public async Task SetAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        var at = new DateTimeOffset((DateTime)(await command.ExecuteScalarAsync(cancellationToken))!);

        // Dated when it came, not when it may have been said: where this process stood still meanwhile, it is late and never early.
        var reading = new Reading(at, machine.Time.GetTimestamp());
        var difference = at + machine.Time.GetElapsedTime(reading.Timestamp) - GetUtcNow();
        if (difference.Duration() > WorthTelling)
        {
            Differs(_logger, difference, _last is null ? "this machine's" : "what it was");
        }

        _last = reading;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database's clock differs by {Difference} from {From}. It is the one that counts.")]
    private static partial void Differs(ILogger logger, TimeSpan difference, string from);

    private sealed record Reading(DateTimeOffset At, long Timestamp);
}
