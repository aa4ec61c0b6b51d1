using Agency.AppHost.Startup;

namespace Agency.AppHost.Resources;

/// <summary>The named links of a service in the dashboard.</summary>
internal static class Links
{
    /// <summary>The endpoint itself becomes the console's link; the start replaces it by one that signs the operator in.</summary>
    public static IResourceBuilder<ProjectResource> WithConsoleLink(this IResourceBuilder<ProjectResource> service) =>
        service.WithUrlForEndpoint("http", url => url.DisplayText = ConsoleLinks.DisplayText);

    public static IResourceBuilder<ProjectResource> WithMcpLink(this IResourceBuilder<ProjectResource> service) =>
        service.WithUrlForEndpoint("http", endpoint => new ResourceUrlAnnotation { Url = $"{endpoint.Url}/mcp", DisplayText = "MCP" });
}
