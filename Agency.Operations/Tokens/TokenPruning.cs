using Agency.Data.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Tokens;

/// <summary>
/// Forgets tokens that are over: list_tokens shows them for three months more, and the list of revoked ones, which every server reads, needs them for as long as
/// clocks may differ. Who issued and revoked them stays in the audit log.
/// </summary>
internal sealed class TokenPruning(AgencyDatabase database, TimeProvider time, ILogger<TokenPruning> logger) : HourlyService(time, logger)
{
    private static readonly TimeSpan KeepIssued = TimeSpan.FromDays(90);
    private static readonly TimeSpan KeepRevoked = TimeSpan.FromDays(1);

    private readonly TimeProvider _time = time;

    public override async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var (issued, revoked) = (now - KeepIssued, now - KeepRevoked);
        await using var context = database.OpenAgency();
        await context.IssuedTokens.Where(t => t.ExpiresAt < issued).ExecuteDeleteAsync(cancellationToken);
        await context.RevokedTokens.Where(t => t.ExpiresAt < revoked).ExecuteDeleteAsync(cancellationToken);
    }
}
