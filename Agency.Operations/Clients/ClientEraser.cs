using System.Text.Json.Nodes;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Data.Runs;
using Agency.Operations.Holds;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Agency.ServiceDefaults.WakeUps;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Agency.Operations.Clients;

/// <summary>
/// Erases a client: freezes it, waits until nothing of it executes, then deletes all rows in one transaction. Interrupted, the client is whole and frozen, and the
/// same call goes on.
/// </summary>
internal sealed class ClientEraser(CompanyScope companies, CallerDatabase database, HoldDesk holds, IWakeUps wakeUps, TimeProvider time)
{
    private const string Reason = "The client is being erased.";

    private const int MaxAttempts = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    public async Task<Result<ErasedClient>> EraseAsync(string client, string confirm, CancellationToken cancellationToken)
    {
        var scope = companies.Resolve(client);
        if (!scope.IsSuccess)
        {
            return scope.Error;
        }

        if (confirm != scope.Value.Value)
        {
            return Error.Invalid("confirm must repeat the client's id exactly: erasing cannot be undone. Nothing was changed.");
        }

        var frozen = await holds.FreezeAsync(client, Reason, cancellationToken);
        if (!frozen.IsSuccess)
        {
            return frozen.Error;
        }

        // No claim of before the freeze is under way. What one starts by a clock that is behind is found when the rows are locked.
        if (await ExecutingAsync(scope.Value, cancellationToken) is > 0 and var executing)
        {
            return StillExecutes(client, executing);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var erased = await DeleteAsync(scope.Value, cancellationToken);
                await wakeUps.PublishAsync(Topics.Changes, CancellationToken.None);
                return erased;
            }
            catch (Exception e) when (attempt < MaxAttempts && SqlState(e)
                is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation or PostgresErrorCodes.ObjectInUse)
            {
                // Someone added to it in that very moment.
                await Task.Delay(Between, time, cancellationToken);
            }
            catch (Exception e) when (SqlState(e) is PostgresErrorCodes.ObjectInUse)
            {
                return StillExecutes(client, executing: 1);
            }
            catch (Exception e) when (SqlState(e) is PostgresErrorCodes.NoDataFound)
            {
                return CompanyResolution.UnknownCompany(client);
            }
        }
    }

    private static string? SqlState(Exception e) => (e as PostgresException ?? e.InnerException as PostgresException)?.SqlState;

    private static Error StillExecutes(string client, int executing) => Error.Conflict(
        $"{executing} runs of '{client}' still execute, and nothing was erased. The client is frozen: call again when list_runs shows none running. "
        + "A run of a scheduler that is gone ends when another one takes it over.");

    private async Task<int> ExecutingAsync(CompanyId company, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            await using var context = database.Open(company);
            var executing = await context.Runs.CountAsync(r => r.Status == RunStatus.Running, cancellationToken);
            if (executing == 0 || time.GetElapsedTime(started) > Patience)
            {
                return executing;
            }

            await Task.Delay(Between, time, cancellationToken);
        }
    }

    private async Task<ErasedClient> DeleteAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await using var context = database.Open(company);
        context.Database.SetCommandTimeout(TimeSpan.FromMinutes(10));
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);

        // The lock of erase_client, so that the chain's end is its end.
        await context.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtext('agency client'), hashtext({company.Value}))", cancellationToken);
        var head = await context.AuditHeads.AsNoTracking().SingleOrDefaultAsync(h => h.Chain == company.Value, cancellationToken);
        var tables = await context.Database
            .SqlQuery<ErasedTable>($"""select from_table as "Table", rows_before as "Before", rows_after as "After" from agency.erase_client({company.Value})""")
            .ToListAsync(cancellationToken);
        if (tables.Find(t => t.After != 0) is { } left)
        {
            throw new InvalidOperationException($"{left.After} rows of a client that is being erased are left in {left.Table}.");
        }

        var erased = new ErasedClient(
            company,
            [.. tables.OrderBy(t => t.Table, StringComparer.Ordinal)],
            tables.Sum(t => t.Before),
            head?.Seq ?? 0,
            head is null ? null : Convert.ToHexStringLower(head.Hash),
            "Copies outside the database: files in the client's folder of the context server (Context:DocumentRoot), exports, messages that were sent, and backups.");
        context.ChangeTracker.Clear();
        AuditCall.Current?.Note(context, company: null, $"client {company}", Counts(erased, t => t.Before), Counts(erased, t => t.After));
        await transaction.CommitAsync(cancellationToken);
        return erased;
    }

    private static string Counts(ErasedClient erased, Func<ErasedTable, long> count) => AuditJson.Write(new JsonObject
    {
        ["rows"] = new JsonObject(erased.Tables.Select(t => KeyValuePair.Create(t.Table, (JsonNode?)count(t)))),
        ["audit_seq"] = erased.AuditSeq,
        ["audit_hash"] = erased.AuditHash,
    });
}
