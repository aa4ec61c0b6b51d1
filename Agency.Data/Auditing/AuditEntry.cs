namespace Agency.Data.Auditing;

/// <summary>
/// One link of a chain. Written by the database function <c>append_audit</c> and by nothing else; texts are kept as they were hashed, JSON among
/// them, so that what is verified is what was written.
/// </summary>
public sealed class AuditEntry
{
    /// <summary>The chain of what concerns no single client.</summary>
    public const string AgencyChain = "*";

    /// <summary>The client's id, or <see cref="AgencyChain"/>.</summary>
    public required string Chain { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required long Seq { get; init; }

    public CompanyId? CompanyId { get; init; }

    /// <summary>By the database's clock.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who, as the token's subject says.</summary>
    public required string Actor { get; init; }

    /// <summary>The token's role; <c>system</c> for what a server does by itself, <c>command</c> for a command line.</summary>
    public required string Role { get; init; }

    public string? TokenId { get; init; }

    public required string Server { get; init; }

    /// <summary>The tool, or what was done at the console.</summary>
    public required string Action { get; init; }

    /// <summary>What was acted on.</summary>
    public string? Target { get; init; }

    /// <summary>An <see cref="AuditOutcome"/> as it was hashed; anything else was not written by us.</summary>
    public required string Outcome { get; init; }

    /// <summary>JSON.</summary>
    public string? Arguments { get; init; }

    /// <summary>JSON: what changed, as it was.</summary>
    public string? Before { get; init; }

    /// <summary>JSON: what changed, as it became.</summary>
    public string? After { get; init; }

    public string? Error { get; init; }

    public string? TraceId { get; init; }

    public required byte[] PreviousHash { get; init; }

    public required byte[] Hash { get; init; }
}

/// <summary>Where a chain ends, kept apart from it: without it nobody could tell that the last entries are gone.</summary>
public sealed class AuditHead
{
    public required string Chain { get; init; }

    public CompanyId? CompanyId { get; init; }

    public required long Seq { get; init; }

    public required byte[] Hash { get; init; }
}
