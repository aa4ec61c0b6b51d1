using Xunit;

namespace Agency.Testing;

/// <summary>Waits for a condition, never for a time.</summary>
public static class Eventually
{
    /// <summary>The first answer that fits, asked for again and again until the deadline.</summary>
    /// <exception cref="TimeoutException">None did; the message has the last answer.</exception>
    public static async Task<T> TrueAsync<T>(Func<Task<T>> ask, Func<T, bool> fits, TimeSpan deadline)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (true)
        {
            var answer = await ask();
            if (fits(answer))
            {
                return answer;
            }

            if (time.GetElapsedTime(start) >= deadline)
            {
                throw new TimeoutException($"Not within {deadline}: {answer}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), time, TestContext.Current.CancellationToken);
        }
    }
}
