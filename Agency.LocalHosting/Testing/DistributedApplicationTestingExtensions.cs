namespace Agency.LocalHosting;

/// <summary>What a test does with a running application.</summary>
public static class DistributedApplicationTestingExtensions
{
    public static HttpClient CreateHttpClient(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        new() { BaseAddress = app.GetEndpoint(resourceName, endpointName ?? "http") };

    /// <summary>The address of a resource's endpoint.</summary>
    public static Uri GetEndpoint(this DistributedApplication app, string resourceName, string? endpointName = null) =>
        app.GetEndpoint(resourceName, endpointName ?? "http");

    public static ValueTask<string?> GetConnectionStringAsync(this DistributedApplication app, string resourceName, CancellationToken cancellationToken = default) =>
        app.Runner.Builder.Resources.OfType<IResourceWithConnectionString>().First(r => r.Name == resourceName).GetValueAsync(cancellationToken);

    /// <summary>The resource's builder again, to add environment from a test.</summary>
    public static IResourceBuilder<T> CreateResourceBuilder<T>(this IDistributedApplicationBuilder builder, string name)
        where T : IResource => builder.CreateResourceBuilder(builder.Resources.OfType<T>().First(r => r.Name == name));

    /// <summary>Kills a replica as <c>kill -9</c> does; returns its pid. The engine starts it again, as it does for users.</summary>
    public static Task<int> KillResourceAsync(this DistributedApplication app, string resourceName, int replica = 0) =>
        app.Runner.FindProcess(resourceName).Replicas[replica].KillAsync();

    /// <summary>The pids of a resource's live processes.</summary>
    public static IReadOnlyList<int> GetProcessIds(this DistributedApplication app, string resourceName) =>
        [.. app.Runner.FindProcess(resourceName).Replicas.Where(r => r.IsRunning).Select(r => r.ProcessId!.Value)];

    /// <summary>Runs a resource's program once more with its environment and these arguments, such as <c>--issue-token operator</c>.</summary>
    public static Task<ProgramResult> RunProgramAsync(this DistributedApplication app, string resourceName, string[] arguments, CancellationToken cancellationToken = default) =>
        app.RunProgramAsync(resourceName, arguments, cancellationToken);

    /// <summary>The last lines that the resources wrote, for a failed test's message.</summary>
    public static IReadOnlyCollection<string> GetLogLines(this DistributedApplication app) => app.Runner.Log.Recent;
}
