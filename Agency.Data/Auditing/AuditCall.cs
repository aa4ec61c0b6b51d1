using System.Diagnostics;
using Microsoft.EntityFrameworkCore;

namespace Agency.Data.Auditing;

/// <summary>
/// The call in hand, for the audit log. Begun where the call comes in; <see cref="AuditInterceptor"/> then writes an entry into each transaction that changes
/// something, so neither can be without the other. What changed nothing is written by who began the call.
/// </summary>
public sealed class AuditCall
{
    private static readonly AsyncLocal<AuditCall?> InHand = new();

    private readonly List<(DbContext Context, AuditChange Change)> _changes = [];
    private readonly List<(DbContext Context, AuditChange Change)> _saving = [];
    private readonly HashSet<DbContext> _touched = [];

    private AuditCall(AuditActor actor, string server, string action, string? target, string? arguments) =>
        (Actor, Server, Action, Target, Arguments, Company) = (actor, server, action, target, arguments, actor.Company);

    /// <summary>Null outside a call: what a server does in its loops is not audited.</summary>
    public static AuditCall? Current => InHand.Value;

    public AuditActor Actor { get; }

    public string Server { get; }

    public string Action { get; }

    public string? Target { get; private set; }

    public string? Arguments { get; }

    /// <summary>The client that the call is about, as far as it is known.</summary>
    public CompanyId? Company { get; private set; }

    /// <summary>An entry was committed together with a change.</summary>
    public bool IsWritten { get; private set; }

    /// <summary>The caller asked for what is another company's, and was told that there is no such thing.</summary>
    public bool IsDenied { get; private set; }

    /// <summary>Makes it the call in hand for the rest of the calling method and what it calls.</summary>
    public static AuditCall Begin(AuditActor actor, string server, string action, string? target = null, string? arguments = null) =>
        InHand.Value = new AuditCall(actor, server, action, target, arguments);

    /// <summary>Says which client the call is about.</summary>
    public void About(CompanyId? company) => Company = Actor.Company ?? company ?? Company;

    /// <summary>Says what the call acts on, where its arguments do not.</summary>
    public void On(string target) => Target = target;

    /// <summary>Says that the call asked for another company.</summary>
    public void Deny() => IsDenied = true;

    /// <summary>Adds what cannot be seen from the entities that <paramref name="context"/> saves; it is written when that commits.</summary>
    /// <param name="context">Whose transaction it belongs to.</param>
    /// <param name="company">Whose chain; null is the agency's.</param>
    /// <param name="target">What was acted on.</param>
    /// <param name="before">JSON.</param>
    /// <param name="after">JSON.</param>
    public void Note(DbContext context, CompanyId? company, string target, string? before, string? after) =>
        _changes.Add((context, new AuditChange(company, target, before, after)));

    /// <summary>The entry for a call that was not written with a change.</summary>
    public AuditRecord Record(AuditOutcome outcome, string? error = null) => Record(Company, [], outcome, error, Arguments);

    /// <summary>What a context is about to save.</summary>
    internal void Saving(DbContext context, IEnumerable<AuditChange> changes) => _saving.AddRange(changes.Select(change => (context, change)));

    internal void Saved(DbContext context)
    {
        _changes.AddRange(_saving.Where(c => c.Context == context));
        NotSaved(context);
    }

    /// <summary>Whoever saves again is seen again; what was saved before in the same transaction stays.</summary>
    internal void NotSaved(DbContext context) => _saving.RemoveAll(c => c.Context == context);

    /// <summary>Something was changed by a statement.</summary>
    internal void Touch(DbContext context) => _touched.Add(context);

    internal void Forget(DbContext context)
    {
        NotSaved(context);
        _changes.RemoveAll(c => c.Context == context);
        _touched.Remove(context);
    }

    internal void Committed(DbContext context)
    {
        IsWritten |= _changes.Concat(_saving).Any(c => c.Context == context) || _touched.Contains(context);
        Forget(context);
    }

    /// <summary>
    /// The entries for what <paramref name="context"/> is about to commit: one for each company, in the order in which all lock their chains. Where there are
    /// several the arguments are left out, since each would see what was asked for the others.
    /// </summary>
    internal IReadOnlyList<AuditRecord> Records(DbContext context)
    {
        var groups = _changes.Concat(_saving).Where(c => c.Context == context).Select(c => c.Change).GroupBy(c => c.Company)
            .OrderBy(g => g.Key?.Value ?? AuditEntry.AgencyChain, StringComparer.Ordinal).ToList();
        if (groups.Count == 0)
        {
            return _touched.Contains(context) ? [Record((context as AgencyDbContext)?.Tenant ?? Company, [], AuditOutcome.Done, null, Arguments)] : [];
        }

        return [.. groups.Select(g => Record(g.Key, [.. g], AuditOutcome.Done, null, groups.Count == 1 ? Arguments : null))];
    }

    private AuditRecord Record(CompanyId? company, IReadOnlyList<AuditChange> changes, AuditOutcome outcome, string? error, string? arguments) => new(
        company,
        Actor,
        Server,
        Action,
        changes.FirstOrDefault(c => c.Target is not null)?.Target ?? Target,
        outcome,
        arguments,
        AuditJson.Join(changes.Select(c => c.Before)),
        AuditJson.Join(changes.Select(c => c.After)),
        error,
        Activity.Current?.TraceId.ToHexString());
}

/// <summary>One thing that changed.</summary>
/// <param name="Company">Whose it is; null is the agency's.</param>
/// <param name="Target">What it is; null where only the company is worth knowing.</param>
/// <param name="Before">JSON, null for what is new.</param>
/// <param name="After">JSON, null for what is gone.</param>
internal sealed record AuditChange(CompanyId? Company, string? Target, string? Before, string? After);
