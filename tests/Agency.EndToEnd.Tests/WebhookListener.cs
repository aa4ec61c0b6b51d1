using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agency.EndToEnd.Tests;

/// <summary>Takes what is posted to a Slack incoming webhook.</summary>
public sealed class WebhookListener : IAsyncDisposable
{
    private WebApplication? _app;

    public ConcurrentQueue<string> Posts { get; } = [];

    public Uri Address => new(_app!.Urls.Single() + "/services/T000/B000/XXX");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/services/T000/B000/XXX", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            Posts.Enqueue(await reader.ReadToEndAsync());
            return Results.Text("ok");
        });
        await _app.StartAsync();
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
