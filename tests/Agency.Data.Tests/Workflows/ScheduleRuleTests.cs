using Agency.Data.Workflows;
using NodaTime;

namespace Agency.Data.Tests.Workflows;

/// <summary>
/// Random schedules held against the rules themselves: instant by instant, the local clock is read and compared with each field. Nothing of
/// the code under test and no parser takes part in that. The seed is fixed, so a failure comes again.
/// </summary>
public sealed class ScheduleRuleTests
{
    private const int Seed = 20261123;
    private const int Steps = 3 * 24 * 60;

    private static readonly string[] Zones =
    [
        "UTC", "Europe/Berlin", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo", "America/Santiago", "America/Nuuk",
        "Africa/Casablanca", "Africa/El_Aaiun", "Africa/Cairo", "Asia/Amman", "Asia/Beirut", "Asia/Kathmandu", "Asia/Gaza", "Australia/Lord_Howe",
        "Pacific/Apia", "Pacific/Chatham", "Pacific/Easter", "Antarctica/Troll", "Antarctica/Casey", "America/Caracas", "Asia/Pyongyang",
    ];

    private static readonly Field[] Minutes =
    [
        new("*", _ => true), new("0", v => v == 0), new("30", v => v == 30), new("*/15", v => v % 15 == 0), new("7,37", v => v is 7 or 37),
        new("10-20/5", v => v is 10 or 15 or 20), new("50-5", v => v is >= 50 or <= 5),
    ];

    private static readonly Field[] Hours =
    [
        new("*", _ => true), new("*/1", _ => true), new("0-23", _ => true), new("0", v => v == 0), new("2", v => v == 2), new("23", v => v == 23),
        new("*/2", v => v % 2 == 0), new("0-3", v => v <= 3), new("22-1", v => v is >= 22 or <= 1), new("1,2,3", v => v is 1 or 2 or 3),
    ];

    private static readonly Field[] Days =
        [new("*", _ => true), new("*", _ => true), new("*/2", v => v % 2 == 1), new("1-7", v => v <= 7), new("25-31", v => v >= 25), new("15", v => v == 15)];

    private static readonly Field[] Weekdays =
        [new("*", _ => true), new("*", _ => true), new("?", _ => true), new("0", v => v == 0), new("MON-FRI", v => v is >= 1 and <= 5), new("6,7", v => v is 0 or 6)];

    private static readonly Field[] Months = [new("*", _ => true), new("*", _ => true), new("3,4", v => v is 3 or 4), new("SEP-FEB", v => v is >= 9 or <= 2)];

    [Fact]
    public void Next_OfRandomSchedules_MissesNothingAndAddsNothing()
    {
        var random = new Random(Seed);
        var occurrences = 0;
        for (var run = 0; run < 500; run++)
        {
            var zone = DateTimeZoneProviders.Tzdb[Pick(random, Zones)];
            var candidate = new Candidate(Pick(random, Minutes), Pick(random, Hours), Pick(random, Days), Pick(random, Months), Pick(random, Weekdays));
            var from = Start(random, zone);
            var options = RandomOptions(random, from);
            var schedule = Schedule.Parse(candidate.Text, zone.Id, options).Value;

            var expected = ByTheRules(candidate, zone, from, options).ToList();
            var found = new List<DateTimeOffset>();
            for (var next = schedule.Next(from); next < from.AddMinutes(Steps) && found.Count <= expected.Count; next = schedule.Next(next.Value))
            {
                found.Add(next.Value);
            }

            Assert.True(expected.SequenceEqual(found), $"'{candidate.Text}' in {zone.Id} after {from:O}, run {run}, {options}: "
                + $"missed {string.Join(' ', expected.Except(found).Take(3))}, added {string.Join(' ', found.Except(expected).Take(3))}.");
            occurrences += expected.Count;
        }

        Assert.True(occurrences > 5_000, $"Only {occurrences} occurrences were compared.");
    }

    /// <summary>Walks from more than a day before, so that it knows which local times have come already.</summary>
    private static IEnumerable<DateTimeOffset> ByTheRules(Candidate candidate, DateTimeZone zone, DateTimeOffset from, ScheduleOptions options)
    {
        var everyHour = Enumerable.Range(0, 24).All(candidate.Hour.Matches);
        var gap = options.Gap ?? (everyHour ? DstGap.Skip : DstGap.NextValid);
        var overlap = options.Overlap ?? (everyHour ? DstOverlap.Both : DstOverlap.First);
        bool Excluded(DateTime wall) => options.ExcludedDates!.ContainsKey(DateOnly.FromDateTime(wall));
        bool Due(DateTime wall) => candidate.Matches(wall) && !Excluded(wall);

        var seen = new HashSet<DateTime>();
        var at = from.AddMinutes(-27 * 60);
        for (var before = Wall(zone, at); at < from.AddMinutes(Steps); before = Wall(zone, at), at = at.AddMinutes(1))
        {
            var wall = Wall(zone, at);
            var due = Due(wall) && (seen.Add(wall) || overlap == DstOverlap.Both);
            for (var missing = before.AddMinutes(1); gap == DstGap.NextValid && missing < wall; missing = missing.AddMinutes(1))
            {
                due |= Due(missing) && !Excluded(wall);
            }

            if (due && at > from && !(at < options.StartAt) && !(at >= options.EndAt))
            {
                yield return at;
            }
        }
    }

    /// <summary>A whole minute, mostly within two days before a change of the clocks or two hours after it.</summary>
    private static DateTimeOffset Start(Random random, DateTimeZone zone)
    {
        var at = Instant.FromUtc(2000, 1, 1, 0, 0) + Duration.FromMinutes(random.Next(40 * 365 * 24 * 60));
        return random.Next(4) > 0 && zone.GetZoneInterval(at) is { HasEnd: true } interval
            ? interval.End.ToDateTimeOffset().AddMinutes(random.Next(3) == 0 ? random.Next(120) : -random.Next(2 * 24 * 60))
            : at.ToDateTimeOffset();
    }

    private static ScheduleOptions RandomOptions(Random random, DateTimeOffset from) => new()
    {
        Gap = random.Next(3) switch { 0 => DstGap.Skip, 1 => DstGap.NextValid, _ => null },
        Overlap = random.Next(3) switch { 0 => DstOverlap.First, 1 => DstOverlap.Both, _ => null },
        StartAt = random.Next(4) == 0 ? from.AddMinutes(random.Next(-1000, 2000)) : null,
        EndAt = random.Next(4) == 0 ? from.AddMinutes(random.Next(2000, 5000)) : null,
        ExcludedDates = Enumerable.Range(0, random.Next(3)).Select(_ => DateOnly.FromDateTime(from.UtcDateTime.AddDays(random.Next(4)))).Distinct().ToDictionary(d => d, _ => ""),
    };

    private static DateTime Wall(DateTimeZone zone, DateTimeOffset at) => Instant.FromDateTimeOffset(at).InZone(zone).ToDateTimeUnspecified();

    private static T Pick<T>(Random random, T[] values) => values[random.Next(values.Length)];

    private sealed record Field(string Text, Func<int, bool> Matches);

    private sealed record Candidate(Field Minute, Field Hour, Field Day, Field Month, Field Weekday)
    {
        public string Text => $"{Minute.Text} {Hour.Text} {Day.Text} {Month.Text} {Weekday.Text}";

        public bool Matches(DateTime wall) =>
            Minute.Matches(wall.Minute) && Hour.Matches(wall.Hour) && Month.Matches(wall.Month) && MatchesDate(wall);

        private bool MatchesDate(DateTime wall)
        {
            var (day, weekday) = (Day.Matches(wall.Day), Weekday.Matches((int)wall.DayOfWeek));
            return Day.Text[0] is '*' || Weekday.Text[0] is '*' or '?' ? day && weekday : day || weekday;
        }
    }
}
