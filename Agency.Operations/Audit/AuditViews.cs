using System.Text.Json;
using Agency.Data;
using Agency.Data.Auditing;

namespace Agency.Operations.Audit;

/// <summary>One entry of the audit log.</summary>
/// <param name="Client">Whose chain it stands in; null: the agency's own.</param>
/// <param name="Seq">Its place in that chain.</param>
/// <param name="At">When.</param>
/// <param name="Actor">Who.</param>
/// <param name="Role">operator, viewer, company, run; system: a server by itself; command: a command line.</param>
/// <param name="TokenId">The token that was used; list_tokens knows it unless it was a run's.</param>
/// <param name="Server">Which server wrote it.</param>
/// <param name="Action">The tool that was called, or what was done at the console.</param>
/// <param name="Target">What was acted on.</param>
/// <param name="Outcome">done, denied or failed; anything else was put there by somebody.</param>
/// <param name="Error">Why it was denied or failed.</param>
/// <param name="Arguments">What was asked; only with details.</param>
/// <param name="Before">What changed, as it was; only with details.</param>
/// <param name="After">What changed, as it became; only with details.</param>
/// <param name="TraceId">The trace of the call.</param>
public sealed record AuditEntryView(
    CompanyId? Client, long Seq, DateTimeOffset At, string Actor, string Role, string? TokenId, string Server, string Action, string? Target, string Outcome,
    string? Error, JsonElement? Arguments, JsonElement? Before, JsonElement? After, string? TraceId)
{
    public static AuditEntryView Of(AuditEntry entry, bool details) => new(
        entry.CompanyId,
        entry.Seq,
        entry.At,
        entry.Actor,
        entry.Role,
        entry.TokenId,
        entry.Server,
        entry.Action,
        entry.Target,
        entry.Outcome,
        entry.Error,
        details ? Json(entry.Arguments) : null,
        details ? Json(entry.Before) : null,
        details ? Json(entry.After) : null,
        entry.TraceId);

    /// <summary>Text that somebody tampered with may be no JSON any more: it is shown as text.</summary>
    private static JsonElement? Json(string? text)
    {
        try
        {
            return text is null ? null : JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return JsonSerializer.SerializeToElement(text);
        }
    }
}

/// <summary>Where a chain is broken.</summary>
/// <param name="Client">The client; null: the agency's own chain.</param>
/// <param name="Seq">The entry at or before which it is broken.</param>
/// <param name="Kind">How.</param>
/// <param name="Message">The same in words.</param>
public sealed record ChainProblem(CompanyId? Client, long Seq, ChainFault Kind, string Message);

public enum ChainFault
{
    /// <summary>An entry is not what was written.</summary>
    Changed,

    /// <summary>An entry is as it was written, but for another place.</summary>
    Moved,

    /// <summary>Entries are gone from the middle.</summary>
    Missing,

    /// <summary>Entries are gone from the end.</summary>
    Truncated,

    /// <summary>An entry does not follow from the one before it, or was never appended: one of them was put in place of another.</summary>
    Forged,

    /// <summary>The chain is no longer what it was when the given head was noted.</summary>
    Rewritten,
}

/// <summary>The end of a chain that was looked at.</summary>
/// <param name="Client">The client; null: the agency's own chain.</param>
/// <param name="Seq">How many entries it has.</param>
/// <param name="Hash">The last one's SHA-256, hexadecimal.</param>
public sealed record ChainEnd(CompanyId? Client, long Seq, string Hash);

/// <summary>What verify_audit found.</summary>
/// <param name="Unbroken">Nothing was found wrong.</param>
/// <param name="Chains">How many chains were read.</param>
/// <param name="Entries">How many entries were read.</param>
/// <param name="Problems">What is wrong; at most 100.</param>
/// <param name="Heads">Where the chains end; at most 100, of another client ask with client. Keep them elsewhere and give them to later calls.</param>
/// <param name="VerifiedAt">When.</param>
public sealed record AuditVerdict(
    bool Unbroken, int Chains, long Entries, IReadOnlyList<ChainProblem> Problems, IReadOnlyList<ChainEnd> Heads, DateTimeOffset VerifiedAt);
