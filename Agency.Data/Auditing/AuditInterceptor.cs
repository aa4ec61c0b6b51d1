using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Agency.Data.Auditing;

/// <summary>
/// Writes the audit entry of the call in hand into the very transaction that changes something, as the last thing before it commits: a chain is locked for no
/// longer than a commit takes, and by transactions that need no other lock any more. Without a call in hand it does nothing.
/// </summary>
internal sealed partial class AuditInterceptor : DbCommandInterceptor, ISaveChangesInterceptor, IDbTransactionInterceptor
{
    public static AuditInterceptor Instance { get; } = new();

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (AuditCall.Current is { } call && eventData.Context is { } context && EntityChanges.Of(context) is { Count: > 0 } changes)
        {
            // One statement would otherwise do without a transaction, and the entry would come after it.
            context.Database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
            call.Saving(context, changes);
        }

        return ValueTask.FromResult(result);
    }

    public ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context)
        {
            AuditCall.Current?.Saved(context);
        }

        return ValueTask.FromResult(result);
    }

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context)
        {
            AuditCall.Current?.NotSaved(context);
        }

        return Task.CompletedTask;
    }

    public async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (AuditCall.Current is { } call && eventData.Context is { } context)
        {
            await AppendAsync(call, context, (NpgsqlTransaction)transaction, cancellationToken);
        }

        return result;
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context)
        {
            AuditCall.Current?.Committed(context);
        }

        return Task.CompletedTask;
    }

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is { } context)
        {
            AuditCall.Current?.Forget(context);
        }

        return Task.CompletedTask;
    }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (AuditCall.Current is not { } call || eventData.Context is not { } context || !Changes(command, eventData) || command.Transaction is not null)
        {
            return result;
        }

        // A statement by itself: it and its entry become a transaction.
        await using var transaction = await ((NpgsqlConnection)command.Connection!).BeginTransactionAsync(cancellationToken);
        command.Transaction = transaction;
        var rows = await command.ExecuteNonQueryAsync(cancellationToken);
        if (rows > 0)
        {
            call.Touch(context);
            await AppendAsync(call, context, transaction, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        call.Committed(context);
        return InterceptionResult<int>.SuppressWithResult(rows);
    }

    public override ValueTask<int> NonQueryExecutedAsync(
        DbCommand command, CommandExecutedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (result > 0 && AuditCall.Current is { } call && eventData.Context is { } context && context.Database.CurrentTransaction is not null && Changes(command, eventData))
        {
            call.Touch(context);
        }

        return ValueTask.FromResult(result);
    }

    // EF Core has both forms of each; nothing here is called without await.
    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result) =>
        AuditCall.Current is null ? result : throw NotAwaited();

    public InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result) =>
        AuditCall.Current is null ? result : throw NotAwaited();

    public override InterceptionResult<int> NonQueryExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<int> result) =>
        AuditCall.Current is null || !Changes(command, eventData) ? result : throw NotAwaited();

    private static async Task AppendAsync(AuditCall call, DbContext context, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        foreach (var record in call.Records(context))
        {
            await using var append = record.Command(transaction.Connection!, transaction);
            await append.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static bool Changes(DbCommand command, CommandEventData eventData) => eventData.CommandSource switch
    {
        CommandSource.ExecuteUpdate or CommandSource.ExecuteDelete => true,
        CommandSource.ExecuteSqlRaw => Change().IsMatch(command.CommandText),
        _ => false,
    };

    private static InvalidOperationException NotAwaited() => new("What is audited is saved with the asynchronous methods.");

    [GeneratedRegex(@"\b(insert\s+into|update|delete\s+from)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Change();
}
