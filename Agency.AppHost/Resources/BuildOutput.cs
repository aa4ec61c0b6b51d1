using System.Reflection;
using System.Runtime.Versioning;

namespace Agency.AppHost.Resources;

/// <summary>
/// Where the services' built programs are: beside the AppHost's own output, so that a copied folder runs its own programs, or where the
/// AppHost was built when it runs from elsewhere, as in a test.
/// </summary>
internal sealed record BuildOutput(string Root, string Configuration, string Framework)
{
    private static readonly string AppHost = typeof(BuildOutput).Assembly.GetName().Name!;

    public static BuildOutput Find(string appHostDirectory)
    {
        // <root>/Agency.AppHost/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        if (framework.Parent is { Parent: { Name: "bin", Parent: { Parent: not null } project } } configuration && project.Name == AppHost)
            return new BuildOutput(project.Parent!.FullName, configuration.Name, framework.Name);

        var assembly = typeof(BuildOutput).Assembly;
        var version = new FrameworkName(assembly.GetCustomAttribute<TargetFrameworkAttribute>()!.FrameworkName).Version;
        return new BuildOutput(
            Path.GetFullPath(Path.Combine(appHostDirectory, "..")),
            assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug",
            $"net{version.Major}.{version.Minor}");
    }

    /// <summary>Where the state lies unless AGENCY_HOME names another folder.</summary>
    public string DefaultState => Path.Combine(Root, ".agency");

    /// <summary>The folder of a project's sources, where its program starts.</summary>
    public string ProjectFolder(string project) => Path.Combine(Root, project);

    /// <summary>The program that the build made of a project.</summary>
    /// <exception cref="DistributedApplicationException">It is not built.</exception>
    public string Program(string project) => Existing(project, OperatingSystem.IsWindows() ? $"{project}.exe" : project);

    /// <summary>The same as an assembly, to be started by <c>dotnet</c>.</summary>
    /// <exception cref="DistributedApplicationException">It is not built.</exception>
    public string Assembly(string project) => Existing(project, $"{project}.dll");

    private string Existing(string project, string file)
    {
        string path = Path.Combine(ProjectFolder(project), "bin", Configuration, Framework, file);
        return File.Exists(path)
            ? path
            : throw new DistributedApplicationException($"{project} is not built: {path} is missing. Run: dotnet build {Path.Combine(Root, "Agency.AppHost")} -c {Configuration}");
    }
}
