namespace Agency.Scheduler.Planning;

/// <summary>What a round of planning came to.</summary>
/// <param name="Queued">Runs that may be executed now.</param>
/// <param name="Next">When the next occurrence is due; null when none is to come.</param>
internal sealed record PlanningRound(int Queued, DateTimeOffset? Next);
