namespace Agency.ServiceDefaults.Identity;

/// <summary>
/// Asked for every validated token. Register your own before or after the identity; without one nothing is revoked. A throwing check
/// refuses the request.
/// </summary>
public interface ITokenRevocation
{
    ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken);
}

internal sealed class NoTokenRevocation : ITokenRevocation
{
    public ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken) => ValueTask.FromResult(false);
}
