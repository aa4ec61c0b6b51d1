using System.Collections.Frozen;
using Agency.Data;

namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// Who is calling, as the validated credential says it. Inject it (scoped) where there is always a caller, <see cref="ICallerAccessor"/>
/// where there may be none.
/// </summary>
public sealed record Caller
{
    public required CallerRole Role { get; init; }

    public required string Subject { get; init; }

    public required string TokenId { get; init; }

    /// <summary>The one company of a company's or a run's token; null for the agency's own people.</summary>
    public CompanyId? Company { get; init; }

    /// <summary>The run of a run's token.</summary>
    public RunId? Run { get; init; }

    /// <summary>False: only tools annotated read-only.</summary>
    public required bool CanWrite { get; init; }

    /// <summary>True for an OAuth client, which can be told to ask for more than its token allows.</summary>
    public bool CanStepUp { get; init; }

    /// <summary>The tools that a run's token lists; empty and without meaning for other roles.</summary>
    public IReadOnlySet<string> Tools { get; init; } = FrozenSet<string>.Empty;

    /// <summary>True for the agency's own people, who may name any company; false for a caller bound to one.</summary>
    public bool IsAgency => Company is null;
}
