namespace Agency.Operations.Tests;

internal static class Eventually
{
    /// <summary>The first answer that fits, asked for again and again until the deadline.</summary>
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

            Assert.True(time.GetElapsedTime(start) < deadline, $"Not within {deadline}: {answer}");
            await Task.Delay(TimeSpan.FromMilliseconds(25), time, TestContext.Current.CancellationToken);
        }
    }
}
