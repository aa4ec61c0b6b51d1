namespace Agency.WorkerProtocol;

/// <summary>Why a step or a run failed.</summary>
/// <param name="Kind">What to do about it.</param>
/// <param name="Message">What was wrong; may quote a tool, so it is shown and never interpreted.</param>
public sealed record RunError(FailureKind Kind, string Message);
