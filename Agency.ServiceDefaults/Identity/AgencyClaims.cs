namespace Agency.ServiceDefaults.Identity;

/// <summary>The claims of an agency token, and the values they take.</summary>
public static class AgencyClaims
{
    public const string Issuer = "iss";
    public const string Subject = "sub";
    public const string TokenId = "jti";
    public const string Role = "role";
    public const string Company = "company";
    public const string Access = "access";
    public const string Run = "run";
    public const string Tools = "tools";

    /// <summary>In tokens that an OAuth client got: what it may do, as <see cref="AgencyScopes"/> in one string.</summary>
    public const string Scope = "scope";

    /// <summary>In tokens that an OAuth client got: which client.</summary>
    public const string ClientId = "client_id";

    public const string ReadAccess = "read";
    public const string WriteAccess = "write";

    /// <summary>Signs for people and clients: every role but run.</summary>
    public const string OperationsIssuer = "agency:operations";

    /// <summary>Signs for runs and nothing else.</summary>
    public const string SchedulerIssuer = "agency:scheduler";

    /// <summary>
    /// Stands for the external authority once its token was validated and its claims were mapped. No key signs for this issuer: a token cannot name it.
    /// </summary>
    public const string ExternalIssuer = "agency:external";

    /// <summary>The <c>typ</c> header of an access token (RFC 9068).</summary>
    public const string TokenType = "at+jwt";
}
