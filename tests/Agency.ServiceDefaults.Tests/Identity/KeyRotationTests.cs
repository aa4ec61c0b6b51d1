using System.Net;
using System.Text;
using Agency.Testing.Mcp;

namespace Agency.ServiceDefaults.Tests.Identity;

/// <summary>How a signing key is replaced while servers run: both public keys first, then the new private one, then the old public one goes.</summary>
public sealed class KeyRotationTests : IDisposable
{
    private const string Setting = "Tokens:PublicKeys:operations";

    private readonly TestTokens _old = new();
    private readonly TestTokens _new = new();

    public void Dispose()
    {
        _old.Dispose();
        _new.Dispose();
    }

    [Fact]
    public async Task Tokens_WhileBothKeysAreKnown_AreGoodByEither()
    {
        await using var server = await StartAsync($"{_old.Settings[Setting]}\n{_new.Settings[Setting]}");

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _old.Operator("context")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _new.Operator("context")));
    }

    [Fact]
    public async Task Tokens_OnceTheOldKeyIsGone_AreGoodByTheNewOneAlone()
    {
        await using var server = await StartAsync(_new.Settings[Setting]!);

        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(server, _old.Operator("context")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _new.Operator("context")));
    }

    [Fact]
    public async Task Issuer_WithTheNewKey_StartsWhileBothAreKnown()
    {
        await using var server = await SampleServer.StartAsync(
            _old, null, new(Setting, $"{_old.Settings[Setting]}\n{_new.Settings[Setting]}"), new("Tokens:SigningKey", _new.OperationsSigningKey));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, _old.Operator("context")));
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningServer server, string token)
    {
        using var client = server.CreateHttpClient(token);
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var body = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(new Uri("/mcp", UriKind.Relative), body);
        return answer.StatusCode;
    }

    private Task<RunningServer> StartAsync(string publicKeys) => SampleServer.StartAsync(_old, null, new KeyValuePair<string, string?>(Setting, publicKeys));
}
