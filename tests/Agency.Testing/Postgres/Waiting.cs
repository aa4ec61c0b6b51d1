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
}
