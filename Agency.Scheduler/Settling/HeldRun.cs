using Agency.Data;
using Agency.Data.Workflows;

namespace Agency.Scheduler.Settling;

/// <summary>A run and its workflow, locked for settling.</summary>
internal sealed record HeldRun(
    WorkflowId WorkflowId,
    int Attempt,
    DateTimeOffset ScheduledFor,
    WorkflowStatus WorkflowStatus,
    int FailureCount,
    int MaxAttempts,
    int RetryInitialSeconds,
    double RetryFactor,
    int RetryMaxSeconds,
    string CompanyName);
