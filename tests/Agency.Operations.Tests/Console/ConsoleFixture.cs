using System.Text.RegularExpressions;
using Agency.Operations.Console.Access;
using Agency.ServiceDefaults.Identity;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Console;

/// <summary>A server with something to look at.</summary>
public partial class ConsoleFixture : IAsyncLifetime
{
    public OperationsFixture Operations { get; } = new();

    internal ConsoleSeed Seed => field ??= new ConsoleSeed(Operations);

    public Uri Address => Operations.Server.Address;

    public string OperatorToken => Operations.Tokens.Operator("operations");

    /// <summary>The cookie of someone who is signed in.</summary>
    public string Session => Operations.Tokens.Operations
        .Issue(TokenRequest.ForOperator("test", TimeSpan.FromHours(1), [TestTokens.BaseAddress("operations") + "/console"])).Token;

    public Task<string> CodeAsync(TimeSpan? lifetime = null) =>
        Operations.Server.Services.GetRequiredService<SignInCodes>().IssueAsync("test", lifetime ?? TimeSpan.FromMinutes(5), CancellationToken.None);

    /// <summary>How often the audit log says that someone did something.</summary>
    public Task<long> AuditedAsync(string action, string actor) => Operations.Database.ScalarAsync<long>(
        "select count(*) from agency.audit_log where action = $1 and actor = $2 and outcome = 'done'", action, actor);

    /// <summary>Fetches the sign-in form and sends it, as a browser does.</summary>
    public static async Task<HttpResponseMessage> SignInAsync(RunningServer server, string secret, string? returnTo = null)
    {
        using var client = Client(server);
        using var page = await client.GetAsync(new Uri("/sign-in", UriKind.Relative));
        using var form = await FormAsync(page, ("secret", secret), ("return", returnTo ?? ""));
        client.DefaultRequestHeaders.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));
        return await client.PostAsync(new Uri("/sign-in", UriKind.Relative), form);
    }

    /// <summary>The fields given, and the antiforgery token of the page's form.</summary>
    public static async Task<FormUrlEncodedContent> FormAsync(HttpResponseMessage page, params (string Name, string Value)[] fields)
    {
        var html = await page.Content.ReadAsStringAsync();
        var token = ("__RequestVerificationToken", AntiforgeryField().Match(html).Groups[1].Value);
        return new FormUrlEncodedContent([.. fields.Append(token).Select(field => KeyValuePair.Create(field.Item1, field.Item2))]);
    }

    public static HttpClient Client(RunningServer server, string? cookie = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        if (cookie is not null)
        {
            client.DefaultRequestHeaders.Add("Cookie", $"agency-console={cookie}");
        }

        return client;
    }

    public virtual async ValueTask InitializeAsync()
    {
        await Operations.InitializeAsync();
        await Seed.WriteAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Operations.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex AntiforgeryField();
}
