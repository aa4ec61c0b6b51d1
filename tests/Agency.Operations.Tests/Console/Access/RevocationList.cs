using Agency.ServiceDefaults.Identity;

namespace Agency.Operations.Tests.Console.Access;

/// <summary>A server's knowledge of what is revoked: everything, or nothing.</summary>
internal sealed class RevocationList : ITokenRevocation
{
    public volatile bool Revoked;

    public ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken) => ValueTask.FromResult(Revoked);
}
