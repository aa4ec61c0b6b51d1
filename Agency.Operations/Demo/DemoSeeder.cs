using Agency.Data;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Hosting;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol;

namespace Agency.Operations.Demo;

/// <summary>
/// Seeds the demo once for an installation that is not in production, through the same tools that people use. Interrupted, it begins again
/// at the next start; two replicas doing it at once do it once.
/// </summary>
internal sealed partial class DemoSeeder(
    AgencyMode mode, AgencyDatabase database, DemoTools tools, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<DemoSeeder> logger)
    : BackgroundService
{
    internal const string Flag = "demo_seeded";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = logger;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (mode.Production || await IsSeededAsync(stoppingToken))
        {
            return;
        }

        // Its own server is one of those it calls.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (lifetime.ApplicationStarted.Register(started.SetResult))
        {
            await started.Task.WaitAsync(stoppingToken);
        }

        var waiting = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await SeedAsync(stoppingToken);
                return;
            }
            catch (Exception e) when (e is HttpRequestException or TimeoutException)
            {
                if (!waiting)
                {
                    WaitingForServers(_logger, e.Message);
                    waiting = true;
                }

                await Task.Delay(RetryAfter, time, stoppingToken);
            }
            catch (McpException e)
            {
                Refused(_logger, e.Message);
                return;
            }
        }
    }

    internal async Task SeedAsync(CancellationToken cancellationToken)
    {
        foreach (var call in DemoData.Calls())
        {
            await tools.CallAsync(call, cancellationToken);
        }

        await using var context = database.OpenAgency();
        if (!await context.Flags.AnyAsync(f => f.Name == Flag, cancellationToken))
        {
            context.Flags.Add(new AgencyFlag { Name = Flag, SetAt = time.GetUtcNow() });
            await context.SaveChangesAsync(cancellationToken);
        }

        Seeded(_logger);
    }

    private async Task<bool> IsSeededAsync(CancellationToken cancellationToken)
    {
        await using var context = database.OpenAgency();
        return await context.Flags.AnyAsync(f => f.Name == Flag, cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Seeded two demo clients and asked for one run of each of their workflows.")]
    private static partial void Seeded(ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "The demo waits for the other servers: {Reason}")]
    private static partial void WaitingForServers(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The demo could not be seeded and is tried again at the next start: {Reason}")]
    private static partial void Refused(ILogger logger, string reason);
}
