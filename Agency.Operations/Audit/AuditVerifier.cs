using System.Data;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Audit;

/// <summary>Reads chains whole and says whether they are what was written.</summary>
internal sealed class AuditVerifier(CompanyScope companies, CallerDatabase database, TimeProvider time)
{
    private const int MaxShown = 100;

    /// <param name="client">One client's chain; null: every chain, or the agency's own with <paramref name="agencyWide"/>.</param>
    /// <param name="agencyWide">Only the agency's own chain.</param>
    /// <param name="notedSeq">With <paramref name="notedHash"/>, the end of that one chain as it was noted earlier.</param>
    /// <param name="notedHash">SHA-256, hexadecimal.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public async Task<Result<AuditVerdict>> VerifyAsync(
        string? client, bool agencyWide, long? notedSeq, string? notedHash, CancellationToken cancellationToken)
    {
        var scope = agencyWide ? (CompanyId?)null : companies.ResolveOptional(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        if (agencyWide && !string.IsNullOrEmpty(client))
        {
            return Error.Invalid("agency_wide means the chain of what concerns no single client: leave client out, or leave agency_wide false.");
        }

        if (notedSeq is null != notedHash is null || (notedSeq is not null && scope.Value is null && !agencyWide))
        {
            return Error.Invalid("noted_seq and noted_hash go together, and with client or agency_wide: they are the end of one chain.");
        }

        await using var context = database.Open(scope.Value);
        if (scope.Value is { } company && await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        var chain = agencyWide ? AuditEntry.AgencyChain : scope.Value?.Value;
        var noted = notedSeq is { } seq ? new ChainEnd(scope.Value, seq, notedHash!.ToLowerInvariant()) : null;
        return await ReadAsync(context, chain, noted, cancellationToken);
    }

    private async Task<AuditVerdict> ReadAsync(AgencyDbContext context, string? chain, ChainEnd? noted, CancellationToken cancellationToken)
    {
        // One snapshot, or an entry that is appended meanwhile would be one that no head knows.
        await using var snapshot = await context.Database.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var heads = await context.AuditHeads.AsNoTracking().Where(h => chain == null || h.Chain == chain).OrderBy(h => h.Chain)
            .ToDictionaryAsync(h => h.Chain, StringComparer.Ordinal, cancellationToken);
        var problems = new List<ChainProblem>();
        var (entries, chains) = (0L, heads.Count);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        ChainCheck? check = null;
        string? current = null;
        var all = context.AuditLog.AsNoTracking().Where(e => chain == null || e.Chain == chain).OrderBy(e => e.Chain).ThenBy(e => e.Seq);
        await foreach (var entry in all.AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            if (entry.Chain != current)
            {
                End();
                (current, check) = (entry.Chain, new ChainCheck(entry.CompanyId, noted));
                seen.Add(current);
                chains += heads.ContainsKey(current) ? 0 : 1;
            }

            entries++;
            check!.Add(entry);
        }

        End();
        foreach (var head in heads.Values.Where(h => !seen.Contains(h.Chain)))
        {
            problems.AddRange(new ChainCheck(head.CompanyId, noted).End(head));
        }

        if (heads.Count == 0 && seen.Count == 0 && noted is not null)
        {
            problems.AddRange(new ChainCheck(noted.Client, noted).End(null));
        }

        return new AuditVerdict(
            problems.Count == 0,
            chains,
            entries,
            [.. problems.Take(MaxShown)],
            [.. heads.Values.Take(MaxShown).Select(h => new ChainEnd(h.CompanyId, h.Seq, Convert.ToHexStringLower(h.Hash)))],
            time.Now());

        void End()
        {
            if (check is not null)
            {
                problems.AddRange(check.End(heads.GetValueOrDefault(current!)));
            }
        }
    }
}
