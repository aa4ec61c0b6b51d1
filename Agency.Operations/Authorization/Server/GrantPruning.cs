using Agency.Data.Tenancy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Server;

namespace Agency.Operations.Authorization.Server;

/// <summary>
/// Removes what is over: codes and refresh tokens that are spent, grants without any, and clients that registered and never came back. A spent refresh token is
/// kept for as long as it would have been good: whoever uses it a second time has stolen it, or was stolen from.
/// </summary>
internal sealed partial class GrantPruning(
    IServiceScopeFactory scopes, AgencyDatabase database, IOptions<OpenIddictServerOptions> options, TimeProvider time, ILogger<GrantPruning> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);
    private static readonly TimeSpan KeepUnused = TimeSpan.FromDays(1);

    private readonly ILogger _logger = logger;

    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var spent = now - options.Value.RefreshTokenLifetime!.Value;
        var unused = now - KeepUnused;
        await using var scope = scopes.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>().PruneAsync(spent, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>().PruneAsync(spent, cancellationToken);
        await using var context = database.OpenAgency();
        await context.Database.ExecuteSqlAsync(
            $"""
            delete from oauth_client c
            where (c.properties::jsonb ->> 'registered_at')::timestamptz < {unused}
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
            catch (Exception e) when (!(e is OperationCanceledException && stoppingToken.IsCancellationRequested))
            {
                Failed(_logger, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Spent grants were not removed; the next attempt is in an hour.")]
    private static partial void Failed(ILogger logger, Exception exception);
}
