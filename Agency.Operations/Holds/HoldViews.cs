using Agency.Data;
using Agency.Data.Scheduling;

namespace Agency.Operations.Holds;

/// <summary>Where a hold stands in time.</summary>
public enum HoldState
{
    Current,
    Coming,
    Ended,
}

/// <summary>A stop of work as the agency's people see it.</summary>
public sealed record HoldView(
    Guid HoldId,
    CompanyId? Client,
    HoldKind Kind,
    HoldState State,
    DateTimeOffset StartsAt,
    DateTimeOffset? EndsAt,
    string Reason,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    string? LiftedBy)
{
    public static HoldView Of(WorkHold hold, DateTimeOffset now) => new(
        hold.HoldId,
        hold.CompanyId,
        hold.Kind,
        StateOf(hold, now),
        hold.StartsAt,
        hold.EndsAt,
        hold.Reason,
        hold.CreatedBy,
        hold.CreatedAt,
        hold.LiftedBy);

    private static HoldState StateOf(WorkHold hold, DateTimeOffset now) =>
        hold.EndsAt <= now || hold.EndsAt <= hold.StartsAt ? HoldState.Ended : hold.StartsAt > now ? HoldState.Coming : HoldState.Current;
}

/// <summary>The hold that a call left in force or made.</summary>
/// <param name="Hold">The hold.</param>
/// <param name="AlreadyHeld">It was there before: nothing was changed.</param>
internal sealed record HoldResult(HoldView Hold, bool AlreadyHeld);

/// <summary>A client whose work stands still.</summary>
/// <param name="Hold">The freeze.</param>
/// <param name="AlreadyFrozen">It was frozen before: nothing was changed.</param>
/// <param name="Executing">How many of its runs executed at that moment; they are being stopped.</param>
internal sealed record FrozenClient(HoldView Hold, bool AlreadyFrozen, int Executing);

/// <summary>A maintenance window that is off.</summary>
/// <param name="Hold">The hold.</param>
/// <param name="AlreadyCancelled">It was before: nothing was changed.</param>
internal sealed record CancelledHold(HoldView Hold, bool AlreadyCancelled);

/// <summary>What resume_work or unfreeze_client did.</summary>
/// <param name="Lifted">What it ended; none when there was none.</param>
/// <param name="StillHeld">What goes on holding this work; null when it runs.</param>
internal sealed record ResumedWork(IReadOnlyList<HoldView> Lifted, HoldNotice? StillHeld);
