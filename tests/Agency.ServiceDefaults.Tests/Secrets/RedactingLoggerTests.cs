using System.Collections.Concurrent;
using System.Diagnostics;
using Agency.Data;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Secrets.Redaction;
using Agency.ServiceDefaults.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.Tests.Secrets;

public sealed class RedactingLoggerTests
{
    private const string Secret = "sk-live-4f9a";

    private static readonly CompanyId Acme = new("acme");

    [Fact]
    public async Task Log_OfAnyProvider_HoldsNoLiveSecret()
    {
        var seen = new Recorder();
        var builder = WebApplication.CreateBuilder(["--OTEL_EXPORTER_OTLP_ENDPOINT=", "--ConnectionStrings:redis="]);
        builder.Logging.ClearProviders().AddProvider(seen);
        builder.AddServiceDefaults("test");
        await using var app = builder.Build();
        var logger = app.Services.GetRequiredService<ILogger<RedactingLoggerTests>>();

        Write(logger);
        Assert.Contains(seen.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
        seen.Lines.Clear();
        seen.Scopes.Clear();
        app.Services.GetRequiredService<LiveSecrets>().Add(Acme, "crm_key", Secret);
        Write(logger);

        Assert.Equal(["Key=[secret crm_key]", "Order=[secret crm_key]|At=here", "within [secret crm_key]"], seen.Scopes.Order(StringComparer.Ordinal).TakeLast(3));
        Assert.DoesNotContain(seen.Scopes, scope => scope.Contains("4f9a", StringComparison.Ordinal));
        Assert.Equal(2, seen.Lines.Count);
        Assert.DoesNotContain(seen.Lines, line => line.Contains("4f9a", StringComparison.Ordinal));
        Assert.Contains("The header Bearer [secret crm_key] was sent 7 times.|Header=Bearer [secret crm_key]|Count=7|", seen.Lines.First(), StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: no [secret crm_key] here", seen.Lines.Last(), StringComparison.Ordinal);
    }

    [Fact]
    public void Add_Word_IsLeftInEverybodysLogs()
    {
        var live = new LiveSecrets();
        live.Add(Acme, "vandal", "escalated");
        live.Add(Acme, "vandal", "is no longer");
        live.Add(Acme, "vandal", "2026-11-26");

        Assert.Equal("escalated is no longer 2026-11-26", live.Redactor.Redact("escalated is no longer 2026-11-26"));
    }

    [Fact]
    public void Span_WithALiveSecret_IsExportedWithoutIt()
    {
        var live = new LiveSecrets();
        live.Add(Acme, "crm_key", Secret);
        using var span = new Activity($"GET {Secret}");
        span.SetTag("url.full", $"https://x.example/?key={Secret}").SetTag("count", 3).SetStatus(ActivityStatusCode.Error, $"no {Secret}");

        using var remover = new SecretTagRemover(live);
        remover.OnEnd(span);

        Assert.Equal("https://x.example/?key=[secret crm_key]", span.GetTagItem("url.full"));
        Assert.Equal(3, span.GetTagItem("count"));
        Assert.Equal(("GET [secret crm_key]", "no [secret crm_key]"), (span.DisplayName, span.StatusDescription));
    }

#pragma warning disable CA1848, CA1873 // What others' code may do.
    private static void Write(ILogger logger)
    {
        using var values = logger.BeginScope(new[] { KeyValuePair.Create<string, object?>("Order", Secret), new("At", "here") });
        using var map = logger.BeginScope(new Dictionary<string, object?> { ["Key"] = Secret });
        using var text = logger.BeginScope($"within {Secret}");
        logger.LogWarning("The header {Header} was sent {Count} times.", $"Bearer {Secret}", 7);
        logger.LogError(new InvalidOperationException($"no {Secret} here"), "Failed.");
    }
#pragma warning restore CA1848, CA1873

    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ConcurrentQueue<string> Scopes { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            Scopes.Enqueue(state is IEnumerable<KeyValuePair<string, object?>> values ? string.Join('|', values.Select(v => $"{v.Key}={v.Value}")) : $"{state}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                var values = state as IEnumerable<KeyValuePair<string, object?>> ?? [];
                Lines.Enqueue($"{formatter(state, exception)}|{string.Join('|', values.Select(v => $"{v.Key}={v.Value}"))}|{exception}");
            }
        }

        public void Dispose()
        {
        }
    }
}
