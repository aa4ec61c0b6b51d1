using System.Net;
using System.Text;
using System.Text.Json;
using Agency.AppHost.Startup;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.EndToEnd.Tests;

/// <summary>What holds on every server alike, seen from outside.</summary>
public sealed class IdentityTests(RunningAgency agency)
{
    private static readonly TimeSpan Allowed = TimeSpan.FromSeconds(30);
    private static readonly string[] Servers = ["operations", "context", "health"];

    [Fact]
    public async Task RevokedToken_OnEveryServer_StopsWithinThirtySeconds()
    {
        var operations = await agency.ConnectAsync("operations");
        var issued = await operations.CallAsync("issue_token", new { role = "viewer", name = "to be revoked" });
        var token = issued.GetProperty("token").GetString()!;
        foreach (var server in Servers)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(server, token));
        }

        await operations.CallAsync("revoke_token", new { token_id = issued.GetProperty("token_id").GetString() });

        await Task.WhenAll(Servers.Select(server => agency.WaitForAsync<HttpStatusCode>($"{server} refuses the token", Allowed, async () =>
            await StatusAsync(server, token) is HttpStatusCode.Unauthorized and var refused ? refused : null)));
    }

    [Fact]
    public async Task EveryServer_NamesTheOneAuthorizationServer()
    {
        var named = new List<string?>();
        foreach (var server in Servers)
        {
            using var http = agency.App.CreateHttpClient(server);
            using var metadata = JsonDocument.Parse(await http.GetStringAsync(
                new Uri("/.well-known/oauth-protected-resource/mcp", UriKind.Relative), TestContext.Current.CancellationToken));
            Assert.Equal(new Uri(http.BaseAddress!, "/mcp").ToString(), metadata.RootElement.GetProperty("resource").GetString());
            named.Add(metadata.RootElement.GetProperty("authorization_servers")[0].GetString());
        }

        var issuer = Assert.Single(named.Distinct());
        using var operations = agency.App.CreateHttpClient("operations");
        using var discovered = JsonDocument.Parse(await operations.GetStringAsync(
            new Uri("/.well-known/oauth-authorization-server", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(issuer, discovered.RootElement.GetProperty("issuer").GetString());
    }

    [Fact]
    public async Task ConsoleLink_OfTheRunningAgency_LeadsToItsSignIn()
    {
        var access = agency.App.Services.GetRequiredService<OperatorAccess>();

        string link = await access.CreateConsoleLinkAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        using var http = agency.App.CreateHttpClient("operations");
        Assert.StartsWith(new Uri(http.BaseAddress!, "/sign-in#code=").ToString(), link, StringComparison.Ordinal);
    }

    private async Task<HttpStatusCode> StatusAsync(string server, string token)
    {
        using var http = agency.App.CreateHttpClient(server);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
