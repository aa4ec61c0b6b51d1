using System.Runtime.InteropServices;

namespace Agency.EmbeddedServers.Processes;

/// <summary>The .NET installation that runs this process.</summary>
public static class DotNet
{
    /// <summary>Its root folder, the one that holds <c>dotnet</c> and <c>shared</c>.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>The program that starts other .NET programs.</summary>
    public static string Program { get; } = Find();

    private static string Find()
    {
        string program = Path.Combine(Root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
        return File.Exists(program) ? program : "dotnet";
    }
}
