using System.Text.RegularExpressions;
using Agency.Data;
using Agency.Data.Auditing;
using Agency.Operations.Audit;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations.Console.Data;

/// <summary>What the page of the audit log shows.</summary>
/// <param name="Filter">The client that is shown; null: everything.</param>
/// <param name="Outcome">The outcome that is shown; null: every one.</param>
/// <param name="Clients">The filter's choices.</param>
/// <param name="Entries">One page of entries.</param>
/// <param name="NextCursor">Where older ones begin.</param>
/// <param name="Verdict">Whether the chains are unbroken; null unless that was asked.</param>
public sealed partial record ConsoleAuditView(
    CompanyId? Filter, AuditOutcome? Outcome, IReadOnlyList<ClientLine> Clients, IReadOnlyList<AuditEntryView> Entries, string? NextCursor, AuditVerdict? Verdict)
{
    /// <summary>Who acted. The log names a run as the subject of its token and once more as the run.</summary>
    public static string WhoOf(AuditEntryView entry) => RunTwice().Replace(entry.Actor, "run $1");

    public string NameOf(CompanyId? client) => client is { } id ? Clients.FirstOrDefault(c => c.Id == id)?.Name ?? id.Value : "All clients";

    [GeneratedRegex(@"^run:(\S+) \(run \1\)$", RegexOptions.CultureInvariant)]
    private static partial Regex RunTwice();
}

/// <summary>Reads it, with the handlers of the tools and the whole agency in view as everywhere in the console.</summary>
internal sealed class ConsoleAudit
{
    private const int Shown = 50;

    private readonly AuditReader _reader;
    private readonly AuditVerifier _verifier;
    private readonly CallerDatabase _database;

    public ConsoleAudit(IServiceProvider services, ICallerAccessor callers, AgencyMode mode, ILogger<CompanyScope> logger, CallerDatabase database)
    {
        var companies = new CompanyScope(callers, mode with { DefaultCompany = null }, logger);
        _reader = ActivatorUtilities.CreateInstance<AuditReader>(services, companies);
        _verifier = ActivatorUtilities.CreateInstance<AuditVerifier>(services, companies);
        _database = database;
    }

    public async Task<Result<ConsoleAuditView>> ReadAsync(string? client, string? outcome, string? cursor, bool verify, CancellationToken cancellationToken)
    {
        AuditOutcome? wanted = SnakeCase.TryParse<AuditOutcome>(outcome, out var known) ? known : null;
        var entries = await _reader.ListAsync(new AuditFilter(client, null, null, wanted, null, null), details: true, cursor, Shown, cancellationToken);
        if (!entries.IsSuccess)
        {
            return entries.Error;
        }

        AuditVerdict? verdict = null;
        if (verify)
        {
            var found = await _verifier.VerifyAsync(client, agencyWide: false, notedSeq: null, notedHash: null, cancellationToken);
            if (!found.IsSuccess)
            {
                return found.Error;
            }

            verdict = found.Value;
        }

        await using var context = _database.Open();
        var clients = await context.Companies.AsNoTracking().OrderBy(c => c.Name).ThenBy(c => c.CompanyId)
            .Select(c => new ClientLine(c.CompanyId, c.Name, c.Status, c.TimeZone)).ToListAsync(cancellationToken);
        CompanyId? filter = CompanyId.TryParse(client, out var id) ? id : null;
        return new ConsoleAuditView(filter, wanted, clients, entries.Value.Items, entries.Value.NextCursor, verdict);
    }
}
