using Agency.Scheduler.Dispatch;

namespace Agency.Scheduler.Settling;

/// <summary>An attempt's end that is to be written.</summary>
/// <param name="Key">The hold under which it was made.</param>
/// <param name="Result">How it ended.</param>
/// <param name="OnlyIfLeaseIs">Only if the lease still ends then: no heartbeat came since it was looked at. Null: whatever the lease.</param>
internal sealed record Settlement(RunKey Key, AttemptResult Result, DateTimeOffset? OnlyIfLeaseIs = null);
