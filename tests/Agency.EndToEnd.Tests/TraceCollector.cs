using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Agency.EndToEnd.Tests;

/// <summary>An OTLP collector that keeps what is sent to <c>/v1/traces</c>.</summary>
public sealed class TraceCollector : IAsyncDisposable
{
    private WebApplication? _app;

    private readonly ConcurrentQueue<byte[]> _exports = [];

    public Uri Address => new(_app!.Urls.Single());

    /// <summary>
    /// Which of the names (of services or of their sources) stand in an export with a trace's or a span's id. An export is of one service; names
    /// and ids stand in the protocol buffer as they are.
    /// </summary>
    public IReadOnlySet<string> ServicesOf(string hexId, params string[] names)
    {
        var id = Convert.FromHexString(hexId);
        return _exports.Where(export => export.AsSpan().IndexOf(id) >= 0)
            .SelectMany(export => names.Where(name => export.AsSpan().IndexOf(Encoding.UTF8.GetBytes(name)) >= 0))
            .ToHashSet();
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/v1/traces", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            _exports.Enqueue(body.ToArray());
            return Results.Bytes([], "application/x-protobuf");
        });
        _app.MapPost("/v1/{signal}", (string signal) => Results.Bytes([], "application/x-protobuf"));
        await _app.StartAsync();
    }

    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;
}
