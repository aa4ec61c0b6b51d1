namespace Agency.Data.Tokens;

/// <summary>A code that opens the console once. The code itself is not kept, and the row is shared by all replicas: none of them takes it a second time.</summary>
public sealed class SignInCode
{
    /// <summary>SHA-256 of the code.</summary>
    public required byte[] CodeHash { get; init; }

    /// <summary>Who will be signed in, as lists and logs name them.</summary>
    public required string Subject { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? UsedAt { get; init; }
}
