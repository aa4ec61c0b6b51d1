using System.Diagnostics;
using Agency.ServiceDefaults.Clock;
using Agency.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Clock;

public sealed class DatabaseClockTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    [Fact]
    public async Task GetUtcNow_MachineYearsBehindAndThenSetByAnHour_IsTheDatabasesTime()
    {
        // The machine believes that it is Noon of the tests; the database's server does not.
        var machine = new SteppedClock(Time);
        var clock = new DatabaseClock(Database, new MachineClock(machine), NullLogger<DatabaseClock>.Instance);
        Assert.Equal(Noon, clock.GetUtcNow());

        var before = await Test.ScalarAsync<DateTime>("select clock_timestamp()");
        await clock.SetAsync(default);
        var after = await Test.ScalarAsync<DateTime>("select clock_timestamp()");

        var said = clock.GetUtcNow();
        Assert.InRange(said.UtcDateTime, before, after);
        machine.Step = TimeSpan.FromHours(1);
        Assert.Equal(said, clock.GetUtcNow());
        machine.Step = TimeSpan.FromHours(-1);
        Assert.Equal(said, clock.GetUtcNow());
        Time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(said.AddSeconds(7), clock.GetUtcNow());
    }

    [Fact]
    public async Task SetAsync_Repeated_TakesTheLatestAnswer()
    {
        var clock = new DatabaseClock(Database, new MachineClock(Time), NullLogger<DatabaseClock>.Instance);
        await clock.SetAsync(default);
        Time.Advance(TimeSpan.FromHours(5)); // The steady clock ran too fast, as after a snapshot of the machine.

        await clock.SetAsync(default);

        Assert.True((clock.GetUtcNow().UtcDateTime - await Test.ScalarAsync<DateTime>("select clock_timestamp()")).Duration() < TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task SetAsync_ProcessStoodStillWhileItAsked_DoesNotRunAhead()
    {
        var machine = new Standstill();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = command => machine.HasPassed |= command.Tags.Any(tag => tag.Value == "select clock_timestamp()"),
        };
        ActivitySource.AddActivityListener(listener);
        var clock = new DatabaseClock(Database, new MachineClock(machine), NullLogger<DatabaseClock>.Instance);

        await clock.SetAsync(default);

        Assert.True(machine.HasPassed);
        Assert.True(clock.GetUtcNow().UtcDateTime <= await Test.ScalarAsync<DateTime>("select clock_timestamp()"));
    }

    /// <summary>Ten seconds pass at once.</summary>
    private sealed class Standstill : TimeProvider
    {
        public bool HasPassed { get; set; }

        public override long GetTimestamp() => HasPassed ? 10 * TimestampFrequency : 0;
    }
}
