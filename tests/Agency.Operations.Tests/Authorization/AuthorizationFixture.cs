using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Agency.Operations.Console.Access;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Authorization;

/// <summary>A server whose public address is its real one, so that a client finds everything from it.</summary>
public sealed class AuthorizationFixture : IAsyncLifetime
{
    public const string Callback = "http://127.0.0.1:43215/callback";

    private readonly int _port = FreePort();
    private RunningServer? _server;

    public OperationsFixture Operations { get; } = new();

    public RunningServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialised.");

    public string Address => $"http://127.0.0.1:{_port}";

    public string Resource => Address + "/mcp";

    public KeyValuePair<string, string?>[] Settings => [new("urls", Address), new("Servers:operations", Address)];

    public async ValueTask InitializeAsync()
    {
        await Operations.InitializeAsync();
        _server = await Operations.StartServerAsync(null, Settings);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Operations.DisposeAsync();
    }

    /// <summary>A browser in which an operator has signed in.</summary>
    public async Task<Browser> SignedInAsync()
    {
        var browser = new Browser(new Uri(Address));
        var code = await Server.Services.GetRequiredService<SignInCodes>().IssueAsync("test operator", TimeSpan.FromMinutes(5), CancellationToken.None);
        await browser.GetAsync("/sign-in");
        var answer = await browser.SubmitAsync("/sign-in", ("secret", code));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return browser;
    }

    public async Task<string> RegisterAsync(string name = "Test client", params string[] redirectUris)
    {
        using var http = Server.CreateHttpClient();
        return await RegisterAsync(http, name, redirectUris);
    }

    public static async Task<string> RegisterAsync(HttpClient http, string name, params string[] redirectUris)
    {
        using var answer = await http.PostAsJsonAsync("/oauth/register", new { client_name = name, redirect_uris = redirectUris.Length == 0 ? [Callback] : redirectUris });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("client_id").GetString()!;
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> TokenAsync(params (string Name, string Value)[] fields)
    {
        using var http = Server.CreateHttpClient();
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var answer = await http.PostAsync(new Uri("/oauth/token", UriKind.Relative), form);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
