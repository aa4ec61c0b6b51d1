using Agency.Data.Tokens;
using Agency.ServiceDefaults.Tenancy;
using Agency.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Agency.ServiceDefaults.Tests.Tenancy;

public sealed class DatabaseTokenRevocationTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    [Theory]
    [InlineData("operations")]
    [InlineData("context")]
    [InlineData("health")]
    public async Task IsRevokedAsync_OnceTheListIsReadAnew_KnowsTheToken(string service)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
        using var revocation = new DatabaseTokenRevocation(database.As(service), time);
        var id = $"token-{service}";
        Assert.False(await revocation.IsRevokedAsync(id, CancellationToken.None));

        await using (var context = database.As("operations").OpenAgency())
        {
            var now = time.GetUtcNow();
            context.RevokedTokens.Add(new RevokedToken { TokenId = id, RevokedAt = now, ExpiresAt = now.AddHours(1) });
            await context.SaveChangesAsync();
        }

        time.Advance(DatabaseTokenRevocation.MaxAge);
        Assert.True(await revocation.IsRevokedAsync(id, CancellationToken.None));
        Assert.False(await revocation.IsRevokedAsync("another", CancellationToken.None));
    }
}
