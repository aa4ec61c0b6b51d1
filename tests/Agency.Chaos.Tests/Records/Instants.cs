using System.Globalization;

namespace Agency.Chaos.Tests.Records;

/// <summary>
/// When a workflow is due, told second by second and so without anything of the scheduler's: either every so many seconds counted from 1970,
/// or at the seconds of the minute that a number divides.
/// </summary>
internal sealed record Instants(int Seconds, bool Every)
{
    /// <summary>How the scheduler is told.</summary>
    public string Expression => Every
        ? string.Create(CultureInfo.InvariantCulture, $"@every {Seconds}s")
        : string.Create(CultureInfo.InvariantCulture, $"*/{Seconds} * * * * *");

    public bool IsDue(DateTimeOffset instant) =>
        instant.Ticks % TimeSpan.TicksPerSecond == 0 && (Every ? instant.ToUnixTimeSeconds() % Seconds == 0 : instant.Second % Seconds == 0);

    /// <summary>The first strictly after <paramref name="after"/>.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        for (var second = DateTimeOffset.FromUnixTimeSeconds(after.ToUnixTimeSeconds() + 1); ; second = second.AddSeconds(1))
        {
            if (IsDue(second))
            {
                return second;
            }
        }
    }

    /// <summary>All from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    public IEnumerable<DateTimeOffset> Between(DateTimeOffset first, DateTimeOffset last)
    {
        for (var instant = Next(first.AddTicks(-1)); instant <= last; instant = Next(instant))
        {
            yield return instant;
        }
    }
}
