using System.Collections.Concurrent;
using System.Text;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Agency.ServiceDefaults.Tests.Hosting;

public sealed class TelemetryTests
{
    [Fact]
    public async Task Calls_WithAnOtlpEndpoint_AreSentWithoutTheClientsText()
    {
        var received = new ConcurrentQueue<string>();
        await using var collector = await RunningServer.StartAsync(args =>
        {
            var app = WebApplication.CreateBuilder(args).Build();
            app.MapPost("/v1/{signal}", async (string signal, HttpRequest request) =>
            {
                using var body = new MemoryStream();
                await request.Body.CopyToAsync(body);
                received.Enqueue(signal + " " + Encoding.Latin1.GetString(body.ToArray()));
            });
            return app;
        });
        using var tokens = new TestTokens();

        // Stopping the server flushes what it has.
        await using (var server = await SampleServer.StartAsync(
            tokens,
            null,
            new("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Address.ToString()),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            new("OTEL_SERVICE_NAME", "")))
        {
            var client = await server.ConnectAsync(tokens.Company("context", "acme"));
            await client.CallToolAsync("add_note", new Dictionary<string, object?> { ["note_text"] = "confidential" });
            await client.CallToolAsync("list_notes", new Dictionary<string, object?> { ["client"] = "confidential" });
        }

        var traces = string.Concat(received.Where(text => text.StartsWith("traces", StringComparison.Ordinal)));
        Assert.Contains("agency-context", traces, StringComparison.Ordinal);
        Assert.Contains("agency.tool", traces, StringComparison.Ordinal);
        Assert.Contains("acme", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("confidential", traces, StringComparison.Ordinal);
        var metrics = string.Concat(received.Where(text => text.StartsWith("metrics", StringComparison.Ordinal)));
        Assert.Contains("mcp.server.operation.duration", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("gen_ai.tool.name", metrics, StringComparison.Ordinal);
    }
}
