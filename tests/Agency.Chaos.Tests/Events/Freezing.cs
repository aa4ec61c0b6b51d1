using System.Globalization;
using Agency.Chaos.Tests.Parts;
using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Events;

/// <summary>
/// Makes a freeze hurt: it begins when one of the scheduler's runs is in the middle of its calls, and does not end before another scheduler
/// has begun that run anew, so that the one that thaws finds calls waiting that must not be passed on any more.
/// </summary>
internal sealed class Freezing(Operator people, CallLog log, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns the latest entries of the executions that are under way; none when there were none for a while.</summary>
    public async Task<IReadOnlyList<LogEntry>> UntilInTheMiddleAsync(SchedulerProcess scheduler)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var owner = string.Create(CultureInfo.InvariantCulture, $"%:{scheduler.ProcessId}:%");
            var runs = await people.ScalarAsync<Guid[]>("select array_agg(run_id) from agency.run where status = 'running' and lease_owner like $1", owner) ?? [];
            var latest = runs.Select(log.LatestOf).OfType<LogEntry>().Where(e => e.Step < e.Of).ToList();
            if (latest.Count > 0 || time.GetElapsedTime(started) > Patience)
            {
                return latest;
            }

            await Task.Delay(Look, time);
        }
    }

    /// <summary>Whether one of the runs was begun anew before patience ended.</summary>
    public async Task<bool> UntilBegunAnewAsync(IReadOnlyList<LogEntry> executions)
    {
        var started = time.GetTimestamp();
        while (executions.Count > 0 && time.GetElapsedTime(started) < Patience)
        {
            if (executions.Any(before => log.LatestOf(before.Run)!.Attempt > before.Attempt))
            {
                return true;
            }

            await Task.Delay(Look, time);
        }

        return false;
    }
}
