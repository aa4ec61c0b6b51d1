using Agency.Data.Tenancy;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;

namespace Agency.Operations.Authorization.Server;

/// <summary>Removes what is over: codes and refresh tokens that are spent, grants without any, and clients that registered and never came back.</summary>
internal sealed partial class GrantPruning(IServiceScopeFactory scopes, AgencyDatabase database, TimeProvider time, ILogger<GrantPruning> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan Keep = TimeSpan.FromDays(1);

    private readonly ILogger _logger = logger;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var threshold = time.GetUtcNow() - Keep;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(threshold, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(threshold, cancellationToken);
        await using var context = database.OpenAgency();
        await context.Database.ExecuteSqlAsync(
            $"""
            delete from oauth_client c
            where (c.properties::jsonb ->> 'registered_at')::timestamptz < {threshold}
              and not exists (select from oauth_authorization a where a.application_id = c.id) and not exists (select from oauth_token t where t.application_id = c.id)
            """,
            cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunOnceAsync(stoppingToken);
            }
            catch (Exception e) when (e is Npgsql.NpgsqlException or DbUpdateException or InvalidOperationException)
            {
                Failed(_logger, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Spent grants were not removed; the next attempt is in an hour.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
