using Npgsql;

namespace Agency.Testing;

/// <summary>Proof that a call has met another one: the database itself says that it waits.</summary>
public static class Waiting
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Returns once so many backends of the database wait for a lock of that type: advisory, transactionid, tuple, ...</summary>
    public static Task ForLockAsync(AgencyTestDatabase database, string type, int waiters = 1) => Eventually.TrueAsync(
        () => database.ScalarAsync<long>("""
            select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where not l.granted and l.locktype = $1 and a.datname = current_database() and a.wait_event_type = 'Lock'
            """, type),
        count => count >= waiters,
        Deadline);

    /// <summary>What comes of work that meets a row which is being written: the other one commits when the work waits for it.</summary>
    /// <param name="database">Where.</param>
    /// <param name="sql">What the other one writes.</param>
    /// <param name="work">Begun while it is written and not committed.</param>
    public static async Task<T> WhileWritingAsync<T>(AgencyTestDatabase database, string sql, Func<Task<T>> work)
    {
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var write = new NpgsqlCommand(sql, connection, transaction);
        await write.ExecuteNonQueryAsync();
        var working = work();
        await ForLockAsync(database, "transactionid");
        await transaction.CommitAsync();
        return await working;
    }
}
