using Agency.Data.Auditing;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Agency.ServiceDefaults.Auditing;

/// <summary>Writes entries that belong to no change in this database's tables: what was refused, what failed, what did nothing, what a library is about to do.</summary>
public sealed partial class AuditLog(AgencyDatabase database, ILogger<AuditLog> logger)
{
    private readonly ILogger _logger = logger;

    /// <summary>
    /// In a transaction of its own. What happened has happened, so a log that cannot be written is an error in the server's log and none of the caller's.
    /// </summary>
    public async Task AppendAsync(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        try
        {
            await RequireAsync(record);
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            NotWritten(_logger, e, record.Action, record.Outcome, record.Actor.Subject, record.Actor.TokenId, record.Company?.Value);
        }
    }

    /// <summary>Before something is done that must not be done unrecorded.</summary>
    /// <exception cref="NpgsqlException">It cannot be written: then do not do it.</exception>
    public async Task RequireAsync(AuditRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        await using var connection = await database.OpenAgencyConnectionAsync(CancellationToken.None);
        await using var command = record.Command(connection, transaction: null);
        await command.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>The caller, as the log names it.</summary>
    public static AuditActor Actor(Caller caller)
    {
        ArgumentNullException.ThrowIfNull(caller);
        return new AuditActor(caller.Run is { } run ? $"{caller.Subject} (run {run})" : caller.Subject, TokenIssuer.RoleName(caller.Role), caller.TokenId, caller.Company);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit log could not be written: {Action} ({Outcome}) by {Actor}, token {TokenId}, company {Company}.")]
    private static partial void NotWritten(ILogger logger, Exception exception, string action, AuditOutcome outcome, string actor, string? tokenId, string? company);
}
