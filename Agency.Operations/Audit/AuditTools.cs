using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Audit;

[McpServerToolType]
[OperatorOnly]
internal sealed class AuditTools(AuditReader reader, AuditVerifier verifier)
{
    [McpServerTool(Name = "list_audit_log", Title = "List the audit log", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("""
        Lists who did what through the tools of all servers, the console and the command line, newest first: each change with what was and what became, each refusal and
        each failure of a change. client null: it concerns no single client. Secrets are never in it, and of clients' content only length and SHA-256. What the scheduler and other loops
        do by themselves is not here but in the runs' events. With details an entry can be long: ask for few.
        """)]
    public Task<Page<AuditEntryView>> ListAuditLog(
        [Description("Only what concerns this client company; without it everything.")] string? client = null,
        [Description("Only what this actor did: the name as entries show it, or a token's id.")][StringLength(200, MinimumLength = 1)] string? actor = null,
        [Description("Only this action: a tool's name such as revoke_token, or console.sign_in.")][StringLength(200, MinimumLength = 1)] string? action = null,
        [Description("Only this outcome. denied: the caller may not. failed: it may, and it could not be done.")] AuditOutcome? outcome = null,
        [Description("Only from this instant on, such as 2026-11-23T09:00:00Z.")] string? from = null,
        [Description("Only before this instant.")] string? to = null,
        [Description("With arguments, before and after.")] bool details = false,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(new AuditFilter(client, actor, action, outcome, from, to), details, cursor, limit, cancellationToken).OrThrow();

    [OwnWords]
    [McpServerTool(Name = "verify_audit", Title = "Verify the audit log", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("""
        Reads the audit log whole and proves it unbroken, or says where and how it is broken: changed, moved, missing, truncated, forged. Each client has a chain of its own, and so
        has what concerns no single client: every entry holds the SHA-256 of the one before it, and the heads are kept in a second table, so entries that are gone from the end are
        noticed. Whoever can write both tables as the database's administrator could make a whole new chain that fits: against that, keep the heads of this answer outside the
        database and give one back later as noted_seq and noted_hash; the answer then says rewritten if that part of the chain is another one.
        """)]
    public Task<AuditVerdict> VerifyAudit(
        [Description("Only this client's chain; without it all chains.")] string? client = null,
        [Description("Only the chain of what concerns no single client.")] bool agencyWide = false,
        [Description("seq of a head that was noted earlier, of the one chain that is meant.")][Range(1, long.MaxValue)] long? notedSeq = null,
        [Description("hash of that head.")][RegularExpression("^[0-9a-fA-F]{64}$")] string? notedHash = null,
        CancellationToken cancellationToken = default) =>
        verifier.VerifyAsync(client, agencyWide, notedSeq, notedHash, cancellationToken).OrThrow();
}
