using System.Globalization;

namespace Agency.Chaos.Tests.Events;

/// <summary>One thing that goes wrong, or that a person does.</summary>
/// <param name="At">When, from the start.</param>
/// <param name="Kind">What.</param>
/// <param name="Target">To whom: the number of a scheduler, client or workflow, to be taken modulo how many there are.</param>
/// <param name="Duration">How long until it is undone.</param>
internal sealed record ChaosEvent(TimeSpan At, ChaosKind Kind, int Target, TimeSpan Duration)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At.TotalSeconds,6:0.0} s  {Kind} of {Target} for {Duration.TotalSeconds:0.0} s");
}

/// <summary>The events of a run, which follow from the seed alone. Every kind comes once before any comes again.</summary>
internal static class ChaosPlan
{
    public static readonly IReadOnlyList<ChaosKind> Kinds = Enum.GetValues<ChaosKind>();

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    /// <param name="seed">The same seed gives the same plan.</param>
    /// <param name="length">When the last event has been undone at the latest.</param>
    /// <param name="schedulers">How many there are.</param>
    /// <param name="lease">A frozen scheduler stays so for longer.</param>
    public static IReadOnlyList<ChaosEvent> Make(int seed, TimeSpan length, int schedulers, TimeSpan lease)
    {
        var random = new Random(seed);
        var plan = new List<ChaosEvent>();
        var bag = new List<ChaosKind>();
        var free = new Dictionary<string, TimeSpan>();
        for (var at = TimeSpan.FromSeconds(4); at < length; at += TimeSpan.FromSeconds(1.5 + (random.NextDouble() * 4)))
        {
            if (bag.Count == 0)
            {
                bag.AddRange(plan.Count == 0 ? Kinds : Kinds.Concat(Kinds.Where(IsFrequent)));
            }

            // What is down cannot be taken down: its turn comes later.
            for (var tries = 0; tries < bag.Count; tries++)
            {
                var kind = bag[random.Next(bag.Count)];
                var target = random.Next(1000) % (IsOfScheduler(kind) ? schedulers : 1000);
                var duration = TimeSpan.FromSeconds(Seconds(kind, random, lease.TotalSeconds));
                var who = Subject(kind, target);
                if (at + duration > length || (who is not null && free.GetValueOrDefault(who) > at))
                {
                    continue;
                }

                if (who is not null)
                {
                    free[who] = at + duration + Settling;
                }

                bag.Remove(kind);
                plan.Add(new ChaosEvent(at, kind, target, duration));
                break;
            }
        }

        return plan;
    }

    public static bool IsOfScheduler(ChaosKind kind) => kind is ChaosKind.KillScheduler or ChaosKind.TerminateScheduler or ChaosKind.FreezeScheduler
        or ChaosKind.FreezeMachine or ChaosKind.ClockForward or ChaosKind.ClockBack or ChaosKind.KillWorker or ChaosKind.DropConnections;

    /// <summary>Whether it may not happen to a scheduler while another event does.</summary>
    public static bool TakesItsTurn(ChaosKind kind) => IsOfScheduler(kind) && kind is not (ChaosKind.KillWorker or ChaosKind.DropConnections);

    private static bool IsFrequent(ChaosKind kind) => kind is ChaosKind.KillScheduler or ChaosKind.FreezeScheduler or ChaosKind.KillWorker or ChaosKind.RunNow
        or ChaosKind.CancelRun;

    private static string? Subject(ChaosKind kind, int target) => kind switch
    {
        ChaosKind.RestartPostgres or ChaosKind.CrashPostgres => "postgres",
        ChaosKind.KillRedis or ChaosKind.FlushRedis => "redis",
        ChaosKind.HoldClient or ChaosKind.HoldAll => kind.ToString(),
        ChaosKind.PauseWorkflow => "workflow " + target.ToString(CultureInfo.InvariantCulture),
        _ when TakesItsTurn(kind) => "scheduler " + target.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private static double Seconds(ChaosKind kind, Random random, double lease) => kind switch
    {
        ChaosKind.KillScheduler or ChaosKind.TerminateScheduler => 0.5 + (random.NextDouble() * 4),
        ChaosKind.FreezeScheduler or ChaosKind.FreezeMachine => lease * (1.8 + (random.NextDouble() * 1.7)),
        ChaosKind.ClockForward or ChaosKind.ClockBack => 5 + (random.NextDouble() * 8),
        ChaosKind.RestartPostgres or ChaosKind.CrashPostgres => 0.2 + (random.NextDouble() * 3),
        ChaosKind.KillRedis => 1 + (random.NextDouble() * 6),
        ChaosKind.PauseWorkflow => 5 + (random.NextDouble() * 15),

        // Now and then for so long that what was due meanwhile counts as missed.
        ChaosKind.HoldClient => random.Next(4) == 0 ? 65 + (random.NextDouble() * 20) : 3 + (random.NextDouble() * 7),
        ChaosKind.HoldAll => 3 + (random.NextDouble() * 7),
        _ => 0,
    };
}
