namespace Agency.Data.Auditing;

/// <summary>Who acts.</summary>
/// <param name="Subject">As the token says; the name of the program or the user where there is none.</param>
/// <param name="Role">The token's role, <c>system</c> or <c>command</c>.</param>
/// <param name="TokenId">The token's id.</param>
/// <param name="Company">The company that the token is bound to.</param>
public sealed record AuditActor(string Subject, string Role, string? TokenId = null, CompanyId? Company = null)
{
    /// <summary>A server that acts by itself.</summary>
    public static AuditActor System(string name) => new(name, "system");
}
