namespace Agency.ServiceDefaults.Identity;

/// <summary>Section <c>Tokens</c>: the keys of the two issuers.</summary>
public sealed class TokenOptions
{
    public const string Section = "Tokens";

    /// <summary>
    /// ES256 public keys in PEM by the name of the server that signs: <c>operations</c> and <c>scheduler</c>. A setting may hold several
    /// PEM blocks: all are accepted, which is how a key is rotated.
    /// </summary>
    public Dictionary<string, string> PublicKeys { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The private key in PEM (PKCS#8) of a server that issues tokens; absent everywhere else.</summary>
    public string? SigningKey { get; set; }
}
