using System.Reflection;

namespace Agency.LocalHosting.Building;

/// <summary>
/// Lets a test run the AppHost's own entry point as far as <c>Build()</c>: there the builder is handed over and the entry point is left by
/// <see cref="EntryPointLeftException"/>.
/// </summary>
internal sealed class EntryPointInterception(Assembly appHost, string stateFolder)
{
    private static readonly AsyncLocal<EntryPointInterception?> Ambient = new();

    public static EntryPointInterception? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public Assembly AppHost { get; } = appHost;

    public string StateFolder { get; } = stateFolder;

    public DistributedApplicationBuilder? Builder { get; set; }
}

/// <summary>Unwinds an intercepted entry point.</summary>
internal sealed class EntryPointLeftException : Exception;
