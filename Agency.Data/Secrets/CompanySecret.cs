using Agency.Data.Auditing;

namespace Agency.Data.Secrets;

/// <summary>A value that a company entrusts to the agency, such as a connector's credential. Only its ciphertext is here; the keys are outside the database.</summary>
public sealed class CompanySecret
{
    public required CompanyId CompanyId { get; init; }

    public required string Name { get; init; }

    /// <summary>Encrypted for this company and this name: it decrypts in no other row.</summary>
    [Secret]
    public required byte[] Ciphertext { get; set; }

    /// <summary>
    /// Scheme, host and port of the connectors that send it; null while none has. It goes nowhere else until its value is set anew, or whoever may set a
    /// connector could have the secret sent to a place where it can be read.
    /// </summary>
    public string? Origin { get; set; }

    public required string SetBy { get; set; }

    public required DateTimeOffset SetAt { get; set; }

    /// <summary>When it was last decrypted to be used, to the minute.</summary>
    public DateTimeOffset? LastUsedAt { get; set; }
}
