using Agency.Scheduler.Dispatch;
using Agency.ServiceDefaults.Tenancy;
using Npgsql;

namespace Agency.Scheduler.Workers;

/// <summary>Whether a call of a run may leave at this moment.</summary>
internal sealed partial class CallGate(IFrozenClients frozen, Leases leases, ILogger<CallGate> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>
    /// Of a client that is not frozen, and still this scheduler's run. The hold last, right before the call leaves: the process may stand still
    /// for long while the database is asked for the other.
    /// </summary>
    public async ValueTask<bool> MayCallAsync(RunKey key, CancellationToken cancellationToken) =>
        !await IsFrozenAsync(key, cancellationToken) && await leases.EnsureHeldAsync(key, cancellationToken);

    /// <summary>While the database does not answer the hold alone decides: a moment without it must not fail every run, and the lease ends soon.</summary>
    private async ValueTask<bool> IsFrozenAsync(RunKey key, CancellationToken cancellationToken)
    {
        try
        {
            return await frozen.IsFrozenAsync(key.CompanyId, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException or InvalidOperationException { InnerException: NpgsqlException or TimeoutException })
        {
            NotAsked(_logger, e, key.CompanyId.Value);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Whether {Company} is frozen could not be asked: the database did not answer.")]
    private static partial void NotAsked(ILogger logger, Exception exception, string company);
}
