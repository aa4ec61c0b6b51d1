using Agency.ServiceDefaults.Secrets.Redaction;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Agency.ServiceDefaults.Telemetry;

internal static class TelemetryExtensions
{
    private const string McpSource = "Experimental.ModelContextProtocol";

    /// <summary>Traces, metrics and logs to OTLP where the standard variables name an endpoint; otherwise nothing is collected.</summary>
    public static void AddAgencyTelemetry(this IHostApplicationBuilder builder, string serverName)
    {
        var configuration = builder.Configuration;
        if (string.IsNullOrWhiteSpace(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        builder.Logging.AddOpenTelemetry(logging =>
        {
            logging.IncludeFormattedMessage = true;
            logging.IncludeScopes = true;
        });
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource =>
            {
                if (string.IsNullOrEmpty(configuration["OTEL_SERVICE_NAME"]))
                {
                    resource.AddService($"agency-{serverName}");
                }
            })
            .WithTracing(tracing => tracing
                .AddSource("Agency.*", McpSource)
                .AddAspNetCoreInstrumentation(options => options.Filter = IsNoProbe)
                .AddHttpClientInstrumentation()
                .AddNpgsql()
                .AddProcessor(new StatusTextRemover(McpSource))
                .AddProcessor(provider => new SecretTagRemover(provider.GetRequiredService<LiveSecrets>())))
            .WithMetrics(metrics => metrics
                .AddMeter("Agency.*", McpSource)
                .AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation()
                .AddRuntimeInstrumentation()
                .AddNpgsqlInstrumentation()
                .AddView(instrument => instrument.Meter.Name == McpSource ? BoundedMcpTags() : null))
            .UseOtlpExporter();
    }

    /// <summary>Tool names and resource URIs come from clients: as metric labels they would grow without bound.</summary>
    internal static MetricStreamConfiguration BoundedMcpTags() =>
        new() { TagKeys = ["mcp.method.name", "mcp.protocol.version", "network.transport", "error.type", "rpc.response.status_code"], CardinalityLimit = 200 };

    private static bool IsNoProbe(HttpContext context) =>
        !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) && !context.Request.Path.StartsWithSegments("/alive", StringComparison.Ordinal);
}
