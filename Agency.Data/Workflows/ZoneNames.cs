using NodaTime;
using NodaTime.TimeZones;

namespace Agency.Data.Workflows;

/// <summary>Names of time zones: which are taken, and which was probably meant.</summary>
internal static class ZoneNames
{
    private const int MaxLength = 64;
    private const int MaxSuggestions = 3;

    /// <summary>The names worth suggesting: places, not the abbreviations and fixed offsets that the data holds for old programs' sake.</summary>
    private static readonly Lazy<string[]> Places = new(() =>
        [.. TzdbDateTimeZoneSource.Default.GetIds().Where(id => id.Contains('/', StringComparison.Ordinal) && !id.StartsWith("Etc/", StringComparison.Ordinal))]);

    /// <summary>
    /// The zone of that name, which the bundled data (by which occurrences are computed) and the system's (by which times are shown) must
    /// both know, so that what is taken here can be computed and shown.
    /// </summary>
    public static Result<(DateTimeZone Zone, TimeZoneInfo Shown)> Find(string name)
    {
        if (name.Length is 0 or > MaxLength || DateTimeZoneProviders.Tzdb.GetZoneOrNull(name) is not { } zone)
        {
            return Error.Invalid($"'{Printable(name)}' is not a time zone. {Suggestion(name)}");
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var shown)
            ? (zone, shown)
            : Error.Invalid($"'{name}' is not a time zone that this machine knows: its time zone data is missing or older. Install the package tzdata, or use UTC.");
    }

    private static string Suggestion(string name)
    {
        if (TzdbDateTimeZoneSource.Default.WindowsMapping.PrimaryMapping.TryGetValue(name, out var place))
        {
            return $"It is a Windows name; its IANA name is {place}.";
        }

        var near = name.Length is 0 or > MaxLength ? [] : Nearest(name.Replace(' ', '_'));
        return near.Length == 0 ? "Use an IANA name such as Europe/Berlin or UTC." : $"Did you mean {string.Join(" or ", near)}? Use an IANA name.";
    }

    private static string[] Nearest(string name)
    {
        var allowed = name.Length / 5;
        return
        [
            .. Places.Value.Select(place => (Place: place, Distance: Distance(name, place)))
                .Where(candidate => candidate.Distance <= allowed)
                .GroupBy(candidate => candidate.Distance)
                .OrderBy(group => group.Key)
                .Take(1)
                .SelectMany(group => group)
                .OrderBy(candidate => candidate.Place.Length)
                .ThenBy(candidate => candidate.Place, StringComparer.Ordinal)
                .Take(MaxSuggestions)
                .Select(candidate => candidate.Place),
        ];
    }

    /// <summary>Of the whole name, or of the city alone where no region was given.</summary>
    private static int Distance(string name, string place) =>
        Edits(name, name.Contains('/', StringComparison.Ordinal) ? place : place[(place.LastIndexOf('/') + 1)..]);

    /// <summary>How many letters must be added, removed or replaced, whatever their case.</summary>
    private static int Edits(string from, string to)
    {
        Span<int> row = stackalloc int[to.Length + 1];
        for (var column = 0; column < row.Length; column++)
        {
            row[column] = column;
        }

        for (var i = 0; i < from.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i + 1;
            for (var j = 0; j < to.Length; j++)
            {
                var replaced = diagonal + (char.ToUpperInvariant(from[i]) == char.ToUpperInvariant(to[j]) ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(diagonal, row[j]) + 1);
            }
        }

        return row[^1];
    }

    private static string Printable(string name) => name.Length <= MaxLength ? name : $"{name[..MaxLength]}...";
}
