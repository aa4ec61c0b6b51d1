namespace Agency.ServiceDefaults.Identity;

/// <summary>What an OAuth client asks for. Which client companies it reaches is not a scope: the person who consents chooses that.</summary>
public static class AgencyScopes
{
    /// <summary>Tools that change nothing.</summary>
    public const string Read = "agency:read";

    /// <summary>Every tool.</summary>
    public const string Write = "agency:write";

    public static IReadOnlyList<string> All { get; } = [Read, Write];

    /// <summary>The scope of a token as it stands in the token.</summary>
    public static string Of(bool canWrite) => canWrite ? $"{Read} {Write}" : Read;
}
