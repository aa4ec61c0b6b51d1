using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Client;

namespace Agency.Testing.Mcp;

/// <summary>
/// A server in this process on a real Kestrel and a free loopback port. Settings are given as command line arguments, which override every
/// other source, so a test neither sets environment variables nor sees the machine's.
/// </summary>
public sealed class RunningServer : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _clients = [];

    private RunningServer(WebApplication app)
    {
        App = app;
        Address = new Uri(app.Urls.Single());
    }

    public WebApplication App { get; }

    public IServiceProvider Services => App.Services;

    public Uri Address { get; }

    /// <param name="build">What the server's Program does before it runs: arguments to an app that is built and not started.</param>
    /// <param name="settings">Configuration by key, such as <c>ConnectionStrings:agency</c>; later ones override earlier ones.</param>
    public static async Task<RunningServer> StartAsync(Func<string[], WebApplication> build, params IEnumerable<KeyValuePair<string, string?>>[] settings)
    {
        ArgumentNullException.ThrowIfNull(build);
        var all = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Logging:LogLevel:Default"] = "Warning",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "",
            ["ConnectionStrings:redis"] = "",
            ["PRODUCTION_MODE"] = "",
            ["JULES_COMPANY"] = "",
            ["AGENCY_PARENT_WATCH"] = "",

            // All tests come from one address, and ask as fast as they can.
            ["Limits:CallerPerSecond"] = "100000",
            ["Limits:RunPerSecond"] = "100000",
            ["Limits:AnonymousPerSecond"] = "100000",
            ["Limits:PerMinute:sign-in"] = "100000",
            ["Limits:PerMinute:oauth"] = "100000",
            ["Limits:PerMinute:oauth-register"] = "100000",
        };
        foreach (var (key, value) in settings.SelectMany(group => group))
        {
            all[key] = value;
        }

        var app = build([.. all.Select(pair => $"--{pair.Key}={pair.Value}")]);
        try
        {
            await app.StartAsync();
            return new RunningServer(app);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>For plain HTTP; <paramref name="token"/> null is an anonymous caller.</summary>
    public HttpClient CreateHttpClient(string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    /// <summary>A real MCP client, closed with the server.</summary>
    public async Task<McpClient> ConnectAsync(string? token)
    {
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = new Uri(Address, "/mcp"), TransportMode = HttpTransportMode.StreamableHttp },
            CreateHttpClient(token),
            ownsHttpClient: true);
        var client = await McpClient.CreateAsync(transport);
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await App.StopAsync();
        await App.DisposeAsync();
    }
}
