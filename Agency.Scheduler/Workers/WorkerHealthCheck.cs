using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Agency.Scheduler.Workers;

/// <summary>Without its worker a scheduler would claim runs only to fail them.</summary>
internal sealed class WorkerHealthCheck(WorkerCommand command) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var missing = command.Line.FirstOrDefault(file => !File.Exists(file));
        return Task.FromResult(missing is null ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"The worker's file '{missing}' is gone."));
    }
}
