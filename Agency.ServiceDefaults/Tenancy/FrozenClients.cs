using Agency.Data;
using Agency.Data.Scheduling;
using Agency.Data.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.ServiceDefaults.Tenancy;

/// <summary>Which clients are frozen: their own tokens and their runs' do nothing until that is lifted.</summary>
public interface IFrozenClients
{
    ValueTask<bool> IsFrozenAsync(CompanyId company, CancellationToken cancellationToken);
}

/// <summary>
/// Read anew at most every <see cref="MaxAge"/>: for so long a call may still be let in after a freeze was committed. When the list cannot be read the call fails.
/// </summary>
internal sealed class FrozenClients(AgencyDatabase database, TimeProvider time) : IFrozenClients, IDisposable
{
    internal static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _refresh = new(1);
    private Snapshot? _snapshot;

    public async ValueTask<bool> IsFrozenAsync(CompanyId company, CancellationToken cancellationToken)
    {
        if (Fresh() is { } current)
        {
            return current.Contains(company);
        }

        await _refresh.WaitAsync(cancellationToken);
        try
        {
            if (Fresh() is { } refreshed)
            {
                return refreshed.Contains(company);
            }

            var readAt = time.GetTimestamp();
            await using var context = database.OpenAgency();
            var companies = await context.WorkHolds.Where(h => h.Kind == HoldKind.Freeze && h.EndsAt == null && h.CompanyId != null)
                .Select(h => h.CompanyId!.Value).ToHashSetAsync(cancellationToken);
            _snapshot = new Snapshot(companies, readAt);
            return companies.Contains(company);
        }
        finally
        {
            _refresh.Release();
        }
    }

    public void Dispose() => _refresh.Dispose();

    private HashSet<CompanyId>? Fresh() => _snapshot is { } snapshot && time.GetElapsedTime(snapshot.ReadAt) < MaxAge ? snapshot.Companies : null;

    private sealed record Snapshot(HashSet<CompanyId> Companies, long ReadAt);
}
