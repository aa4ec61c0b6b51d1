using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.ServiceDefaults.Tests;

/// <summary>A server as the services build theirs, with tools that show every behaviour.</summary>
internal static class SampleServer
{
    public const string Name = "context";

    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddServiceDefaults(Name);
        builder.AddAgencyMcp(Name, "Sample", "List notes, then add one.").WithAgencyTools<NoteTools>();
        configure?.Invoke(builder);
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapAgencyMcp();
        return app;
    }

    public static Task<RunningServer> StartAsync(
        TestTokens tokens, Action<WebApplicationBuilder>? configure = null, params KeyValuePair<string, string?>[] settings) =>
        RunningServer.StartAsync(args => Build(args, configure), tokens.Settings, settings);

    public static Action<WebApplicationBuilder> WithRevoked(string tokenId) => builder =>
        builder.Services.AddSingleton<ITokenRevocation>(new Revoked(tokenId));

    private sealed class Revoked(string id) : ITokenRevocation
    {
        public ValueTask<bool> IsRevokedAsync(string tokenId, CancellationToken cancellationToken) => ValueTask.FromResult(tokenId == id);
    }
}
