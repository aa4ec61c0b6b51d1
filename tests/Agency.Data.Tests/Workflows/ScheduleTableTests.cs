using System.Globalization;
using Agency.Data.Workflows;

namespace Agency.Data.Tests.Workflows;

/// <summary>The cases of <c>ScheduleTable.tsv</c>, whose expected instants another program computed; its head says how.</summary>
public sealed class ScheduleTableTests
{
    private const string None = "none";

    public static TheoryData<string, string, string, string, string> Cases()
    {
        using var reader = new StreamReader(typeof(ScheduleTableTests).Assembly.GetManifestResourceStream("ScheduleTable.tsv")!);
        var cases = new TheoryData<string, string, string, string, string>();
        while (reader.ReadLine() is { } text)
        {
            if (text is not ("" or ['#', ..]))
            {
                var columns = text.Split('\t');
                cases.Add(columns[0], columns[1], columns[2], columns[3], columns[4]);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Next_OfEachCaseOfTheTable_GivesItsOccurrences(string expression, string zone, string options, string from, string expected)
    {
        var schedule = Schedule.Parse(expression, zone, Options(options)).Value;

        var found = new List<string>();
        for (var after = Instant(from); found.Count < expected.Split(' ').Length; after = Instant(found[^1]))
        {
            var next = schedule.Next(after);
            found.Add(next is null ? None : Text(next.Value));
            if (next is null)
            {
                break;
            }
        }

        Assert.Equal(expected, string.Join(' ', found));
        Assert.Equal(found.Where(f => f != None), schedule.After(Instant(from)).Take(found.Count).Select(o => Text(o.Instant)));
    }

    [Fact]
    public void Cases_OfTheTable_AreAllThere() => Assert.True(Cases().Count >= 300);

    private static ScheduleOptions Options(string text)
    {
        var options = new ScheduleOptions();
        foreach (var pair in text.Split(' ').Where(option => option != "-").Select(option => option.Split('=')))
        {
            options = pair[0] switch
            {
                "gap" => options with { Gap = SnakeCase.Parse<DstGap>(pair[1]) },
                "overlap" => options with { Overlap = SnakeCase.Parse<DstOverlap>(pair[1]) },
                "start" => options with { StartAt = Instant(pair[1]) },
                "end" => options with { EndAt = Instant(pair[1]) },
                "exclude" => options with
                {
                    ExcludedDates = pair[1].Split(',').ToDictionary(date => DateOnly.ParseExact(date, "yyyy-MM-dd", CultureInfo.InvariantCulture), date => date),
                },
                _ => throw new FormatException($"The table has no option '{pair[0]}'."),
            };
        }

        return options;
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset instant)
    {
        Assert.Equal(TimeSpan.Zero, instant.Offset);
        return instant.ToString(instant.Second == 0 ? "yyyy-MM-dd'T'HH:mm'Z'" : "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
