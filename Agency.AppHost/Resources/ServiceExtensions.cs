using Agency.EmbeddedServers.Processes;

namespace Agency.AppHost.Resources;

/// <summary>How the AppHost runs a project's built program on this machine.</summary>
internal static class ServiceExtensions
{
    /// <summary>The setting of OpenTelemetry by which telemetry goes to a collector of the user's own instead of the dashboard.</summary>
    public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>One line an event, and no line for every request. What the user sets wins.</summary>
    private static readonly Dictionary<string, string> ReadableLogs = new()
    {
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
    };

    /// <summary>Aspire shows whole addresses in Development; ours carry codes and other people's tokens.</summary>
    private static readonly Dictionary<string, string> KeepQueriesRedacted = new()
    {
        ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "false",
        ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "false",
    };

    /// <summary>A project without the endpoints of launch profiles; locally its built program is run, in place of <c>dotnet run</c>, which costs a process and seconds.</summary>
    public static IResourceBuilder<ProjectResource> AddProgram<TProject>(this IDistributedApplicationBuilder builder, LocalRun? local, string name)
        where TProject : IProjectMetadata, new()
    {
        if (local is null)
            return builder.AddProject<TProject>(name, WithoutEndpoints);

        // The path that was compiled in names the folder of that build; this may be a copy of it.
        string file = Path.GetFileName(new TProject().ProjectPath);
        string assembly = Path.GetFileNameWithoutExtension(file);
        var project = builder.AddProject(name, Path.Combine(local.Output.ProjectFolder(assembly), file), WithoutEndpoints)
            .WithoutHttpsCertificate()
            .WithEnvironment("DOTNET_ROOT", DotNet.Root)
            .WithEnvironment("AGENCY_HOME", local.State.Path)
            .WithAnnotation(new ExecutableAnnotation { Command = local.Output.Program(assembly), WorkingDirectory = local.Output.ProjectFolder(assembly) });
        if (builder.Configuration[Collector] is { Length: > 0 } collector)
            project.WithEnvironment(Collector, collector);
        foreach (var (setting, value) in KeepQueriesRedacted)
            project.WithEnvironment(setting, value);
        foreach (var (setting, value) in ReadableLogs.Where(s => Environment.GetEnvironmentVariable(s.Key) is null))
            project.WithEnvironment(setting, value);
        return project;
    }

    /// <summary>
    /// An HTTP endpoint on the service's own port, and its health. Locally nothing stands before it: what answers there is the service itself, or it does not run.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithOwnHttpEndpoint(this IResourceBuilder<ProjectResource> project, LocalRun? local)
    {
        if (local is null)
            return project.WithHttpEndpoint().WithExternalHttpEndpoints().WithHttpHealthCheck("/health");

        string name = project.Resource.Name;
        project.WithHttpEndpoint(port: local.Ports[name], isProxied: false).WithExternalHttpEndpoints();
        return ReadinessCheck.AddTo(project, local.Ports.Url(name));
    }

    private static void WithoutEndpoints(ProjectResourceOptions options) => (options.ExcludeLaunchProfile, options.ExcludeKestrelEndpoints) = (true, true);
}
