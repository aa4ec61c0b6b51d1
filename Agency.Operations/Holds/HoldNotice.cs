using Agency.Data;
using Agency.Data.Scheduling;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Holds;

/// <summary>That a client's work is held: nothing of it is planned or started.</summary>
/// <param name="Kind">pause: until someone lifts it; maintenance: until its end; freeze: until someone lifts it, and what executed was stopped.</param>
/// <param name="Everything">All clients' work is held, not this one's alone.</param>
/// <param name="Since">Since when.</param>
/// <param name="Until">When it ends by itself; null while that is open.</param>
/// <param name="Reason">Why; null where it is not this caller's business.</param>
internal sealed record HoldNotice(HoldKind Kind, bool Everything, DateTimeOffset Since, DateTimeOffset? Until, string? Reason)
{
    /// <summary>The freeze, or the one in force that lasts longest, or null when the client's work runs.</summary>
    public static async Task<HoldNotice?> FindAsync(AgencyDbContext context, CompanyId client, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A function, because the table is closed to clients' callers: a reason for all may name another client.
        var rows = await context.Database.SqlQuery<Row>($"""
            select kind as "Kind", everything as "Everything", starts_at as "Since", ends_at as "Until", reason as "Reason" from hold_in_force({client.Value}, {now})
            """).ToListAsync(cancellationToken);
        return rows is [var row] ? new HoldNotice(SnakeCase.Parse<HoldKind>(row.Kind), row.Everything, row.Since, row.Until, row.Reason) : null;
    }

    private sealed record Row(string Kind, bool Everything, DateTimeOffset Since, DateTimeOffset? Until, string? Reason);
}
