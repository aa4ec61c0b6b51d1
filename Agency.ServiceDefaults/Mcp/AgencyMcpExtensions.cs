using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ModelContextProtocol;
using ModelContextProtocol.AspNetCore.Authentication;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>An MCP server of the house.</summary>
public static class AgencyMcpExtensions
{
    /// <summary>Of every server's name, as clients see it.</summary>
    internal const string NamePrefix = "agency-";

    /// <summary>
    /// Identity for the audience of <paramref name="serverName"/> and a stateless MCP server on top. Add tools with
    /// <see cref="WithAgencyTools{T}"/>. <paramref name="instructions"/> is short and in order of use: a model reads it.
    /// </summary>
    public static IMcpServerBuilder AddAgencyMcp(this IHostApplicationBuilder builder, string serverName, string title, string instructions)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddAgencyIdentity(serverName);
        builder.Services.AddSingleton(provider => new InsufficientScope(
            serverName, provider.GetRequiredService<ServerAddresses>(), provider.GetServices<McpServerTool>()));
        builder.Services.AddSingleton<ToolCallFilter>();
        builder.Services.AddHostedService<AgencyToolConventions>();
        return builder.Services
            .AddMcpServer(options =>
            {
                options.ServerInfo = new Implementation
                {
                    Name = NamePrefix + serverName,
                    Title = title,
                    Version = Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3) ?? "0.0.0",
                };
                options.ServerInstructions = instructions;
            })
            .WithHttpTransport()
            .WithRequestFilters(filters => filters
                .AddListToolsFilter(next => (request, cancellationToken) => ToolCallFilter.ListAsync(next, request, cancellationToken))
                .AddCallToolFilter(next => (request, cancellationToken) =>
                    request.Services!.GetRequiredService<ToolCallFilter>().CallAsync(next, request, cancellationToken)));
    }

    /// <summary>
    /// Registers the <c>[McpServerTool]</c> methods of <typeparamref name="T"/>, a class whose instance is made per call from the request's services. Services
    /// may be constructor or method parameters; every other method parameter is an argument, camelCase here and snake_case for clients.
    /// </summary>
    public static IMcpServerBuilder WithAgencyTools<[DynamicallyAccessedMembers(
        DynamicallyAccessedMemberTypes.PublicMethods | DynamicallyAccessedMemberTypes.NonPublicMethods | DynamicallyAccessedMemberTypes.PublicConstructors)] T>(
        this IMcpServerBuilder builder)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        foreach (var method in typeof(T).GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
        {
            if (method.GetCustomAttribute<McpServerToolAttribute>() is not null)
            {
                builder.Services.AddSingleton<McpServerTool>(services =>
                {
                    var options = new McpServerToolCreateOptions { Services = services, SerializerOptions = AgencyJson.Options, SchemaCreateOptions = ToolSchemas.CreateOptions };
                    return new AgencyTool(
                        method.IsStatic
                            ? McpServerTool.Create(method, options: options)
                            : McpServerTool.Create(method, request => ActivatorUtilities.CreateInstance<T>(request.Services!), options),
                        method);
                });
            }
        }

        return builder;
    }

    /// <summary>MCP at <c>/mcp</c> for callers with a token, and the metadata that tells others how to get one.</summary>
    public static WebApplication MapAgencyMcp(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Use((http, next) => http.RequestServices.GetRequiredService<InsufficientScope>().InvokeAsync(http, next));
        app.MapMcp(InsufficientScope.Path).RequireAuthorization(AgencyIdentityExtensions.CallerPolicy);

        // The SDK's handler serves it where host and scheme of the request are the public ones; behind a proxy that changes them it is served here.
        app.MapGet(ConfigureResourceMetadata.Path, (IOptionsMonitor<McpAuthenticationOptions> options) => Microsoft.AspNetCore.Http.Results.Json(
            options.Get(McpAuthenticationDefaults.AuthenticationScheme).ResourceMetadata, McpJsonUtilities.DefaultOptions)).AllowAnonymous();
        return app;
    }
}
