using System.Collections;
using System.Globalization;

namespace Agency.LocalHosting.Running;

/// <summary>Composes the environment of a resource's process: the user's own, what Aspire would inject, what AppHost.cs declared.</summary>
internal static class ChildEnvironment
{
    /// <summary>Set for every child: its standard input ends when the launcher does, and it should then leave.</summary>
    public const string ParentWatch = "AGENCY_PARENT_WATCH";

    /// <summary>One line an event, and no line for every request: six services share one screen. What the user sets wins.</summary>
    private static readonly Dictionary<string, string> ReadableLogs = new()
    {
        ["Logging__Console__FormatterName"] = "simple",
        ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        ["Logging__LogLevel__Microsoft.AspNetCore"] = "Warning",
        ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Warning",
        ["Logging__LogLevel__System.Net.Http"] = "Warning",
    };

    /// <summary>What configures the launcher itself and holds secrets of others.</summary>
    private static readonly string[] Withheld = ["AGENCY_POSTGRES_CONNECTION", "ASPNETCORE_URLS", "ASPNETCORE_HTTP_PORTS", "DOTNET_LAUNCH_PROFILE"];

    private static readonly string[] WithheldPrefixes = ["Parameters__", "MSBUILD", "PG"];

    public static async Task<IReadOnlyDictionary<string, string>> ComposeAsync(
        Resource resource, DistributedApplicationExecutionContext execution, int replica, IReadOnlyDictionary<string, int> ports, CancellationToken ct)
    {
        var environment = Inherited();
        environment[ParentWatch] = "stdin";
        foreach (var (name, value) in ReadableLogs)
            environment.TryAdd(name, value);
        environment["OTEL_SERVICE_NAME"] = resource.Name;
        string instance = $"service.instance.id={resource.Name}-{replica.ToString(CultureInfo.InvariantCulture)}";
        environment["OTEL_RESOURCE_ATTRIBUTES"] =
            environment.TryGetValue("OTEL_RESOURCE_ATTRIBUTES", out string? given) && given.Length > 0 ? $"{given},{instance}" : instance;

        if (ports.Count > 0)
            environment["ASPNETCORE_URLS"] = string.Join(';', ports.Values.Select(port => $"http://localhost:{port}"));
        foreach (var endpoint in resource.Endpoints.Where(e => e.EnvironmentVariable is not null))
            environment[endpoint.EnvironmentVariable!] = ports[endpoint.Name].ToString(CultureInfo.InvariantCulture);

        var context = new EnvironmentCallbackContext(execution);
        foreach (var callback in resource.Environment)
            await callback(context);
        foreach (var (name, value) in context.EnvironmentVariables)
            environment[name] = (value is IValueProvider provider ? await provider.GetValueAsync(ct) : value.ToString()) ?? "";
        return environment;
    }

    private static Dictionary<string, string> Inherited()
    {
        var environment = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            string name = (string)entry.Key;
            if (!Withheld.Contains(name) && !WithheldPrefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)))
                environment[name] = (string?)entry.Value ?? "";
        }

        return environment;
    }
}
