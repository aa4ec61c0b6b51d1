using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Identity;
using Microsoft.EntityFrameworkCore;

namespace Agency.ServiceDefaults.Tenancy;

/// <summary>
/// The revocation list, read anew at most every <see cref="MaxAge"/>: that is how long a revoked token may go on working. When the list
/// cannot be read the request fails: an unchecked token is not accepted.
/// </summary>
internal sealed class DatabaseTokenRevocation(AgencyDatabase database, TimeProvider time) : ITokenRevocation, IDisposable
{
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _refresh = new(1);
    private Snapshot? _snapshot;

    public async ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken)
    {
        if (Fresh() is { } current)
        {
            return current.Contains(tokenId);
        }

        await _refresh.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } refreshed)
            {
                return refreshed.Contains(tokenId);
            }

            var readAt = time.GetTimestamp();
            await using var context = database.OpenAgency();
            var now = time.GetUtcNow();
            var ids = await context.RevokedTokens.Where(t => t.ExpiresAt > now).Select(t => t.TokenId).ToHashSetAsync(cancellationToken);
            _snapshot = new Snapshot(ids, readAt);
            return ids.Contains(tokenId);
        }
        finally
        {
            _refresh.Release();
        }
    }

    public void Dispose() => _refresh.Dispose();

    private HashSet<string>? Fresh() =>
        _snapshot is { } snapshot && time.GetElapsedTime(snapshot.ReadAt) < MaxAge ? snapshot.TokenIds : null;

    private sealed record Snapshot(HashSet<string> TokenIds, long ReadAt);
}
