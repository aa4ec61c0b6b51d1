using System.Reflection;
using System.Runtime.Versioning;

namespace Agency.LocalHosting.Running;

/// <summary>Finds what the build made of a project: the same configuration and framework as the AppHost's own.</summary>
internal static class ProjectOutput
{
    public static string Find(string projectPath, Assembly appHost)
    {
        string configuration = appHost.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";
        string framework = new FrameworkName(appHost.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName).Version is var version
            ? $"net{version.Major}.{version.Minor}"
            : "";
        string name = Path.GetFileNameWithoutExtension(projectPath);
        string dll = Path.Combine(Path.GetDirectoryName(projectPath)!, "bin", configuration, framework, $"{name}.dll");
        return File.Exists(dll)
            ? dll
            : throw new DistributedApplicationException($"{name} is not built: {dll} is missing. Run: dotnet build {projectPath} -c {configuration}");
    }
}
