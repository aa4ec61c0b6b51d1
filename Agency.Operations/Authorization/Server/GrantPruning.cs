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
internal sealed class GrantPruning(
    IServiceScopeFactory scopes, AgencyDatabase database, IOptions<OpenIddictServerOptions> options, TimeProvider time, ILogger<GrantPruning> logger)
    : HourlyService(time, logger)
{
    private static readonly TimeSpan KeepUnused = TimeSpan.FromDays(1);

    private readonly TimeProvider _time = time;

    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
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
}
