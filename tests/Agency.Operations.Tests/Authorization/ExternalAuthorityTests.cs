using System.Net;

namespace Agency.Operations.Tests.Authorization;

public sealed class ExternalAuthorityTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Theory]
    [InlineData("GET", "/.well-known/oauth-authorization-server")]
    [InlineData("GET", "/oauth/authorize")]
    [InlineData("POST", "/oauth/token")]
    [InlineData("POST", "/oauth/register")]
    public async Task Server_WithAnotherAuthority_SignsNobodyIn(string method, string path)
    {
        await using var server = await operations.StartServerAsync(null, new KeyValuePair<string, string?>("Authentication:Authority", "https://login.example.test"));
        using var client = server.CreateHttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }
}
