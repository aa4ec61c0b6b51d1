using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Agency.AppHost.Resources;

/// <summary>
/// Asks a service's /health, and goes on asking for a while before the answer is no: Aspire asks at ever longer intervals while a service
/// starts, which costs each of them a second or two, and with it everything that waits for it.
/// </summary>
internal sealed class ReadinessCheck(Uri address) : IHealthCheck
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(3);
    private static readonly HttpClient Http = new() { Timeout = AskFor };

    /// <summary>Makes the resource healthy as long as the service says so at its own port.</summary>
    public static IResourceBuilder<ProjectResource> AddTo(IResourceBuilder<ProjectResource> service, string serviceUrl)
    {
        string key = $"{service.Resource.Name}_ready";
        service.ApplicationBuilder.Services.AddHealthChecks().AddCheck(key, new ReadinessCheck(new Uri($"{serviceUrl}/health")));
        return service.WithHealthCheck(key);
    }

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = await AskAsync(cancellationToken);
            if (result.Status == HealthStatus.Healthy || TimeProvider.System.GetElapsedTime(started) > AskFor)
                return result;
            await Task.Delay(AskEvery, TimeProvider.System, cancellationToken);
        }
    }

    private async Task<HealthCheckResult> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await Http.GetAsync(address, cancellationToken);
            return answer.IsSuccessStatusCode ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy($"{address} answered {(int)answer.StatusCode}.");
        }
        catch (HttpRequestException failure)
        {
            return HealthCheckResult.Unhealthy($"{address} does not answer: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"{address} did not answer within {AskFor.TotalSeconds:0} s.");
        }
    }
}
