using System.Reflection;
using Agency.LocalHosting.Running;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;

namespace Agency.LocalHosting.Building;

internal sealed class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly EntryPointInterception? _interception;

    public DistributedApplicationBuilder(string[] args, EntryPointInterception? interception)
    {
        _interception = interception;
        AppHost = interception?.AppHost ?? Assembly.GetEntryAssembly()!;
        AppHostDirectory = AppHost.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == "apphostprojectpath")?.Value
            ?? Directory.GetCurrentDirectory();

        if (args.Contains("--operation") || args.Contains("--publisher"))
            throw new DistributedApplicationException("This build runs the agency locally and publishes nothing. Publish with the Aspire engine: UseAspire=true dotnet run --project Agency.AppHost -- ...");

        string home = interception?.StateFolder
            ?? FromEnvironment("AGENCY_HOME")
            ?? Path.Combine(AppHostDirectory, "..", ".agency");
        State = StateFolder.Open(Path.GetFullPath(home));

        Configuration = new ConfigurationManager();
        Configuration.AddInMemoryCollection(State.LoadParameters().Select(p => KeyValuePair.Create($"Parameters:{p.Key}", (string?)p.Value)));
        Configuration.AddEnvironmentVariables("DOTNET_");
        Configuration.AddEnvironmentVariables();
        Configuration.AddCommandLine(args);

        // Where the state really is, for a page that keeps more there.
        Configuration["AGENCY_HOME"] = State.Path;
        Environment = new HostEnvironment(Configuration[HostDefaults.EnvironmentKey] ?? Environments.Production, AppHost.GetName().Name!, AppHostDirectory);
    }

    public Assembly AppHost { get; }

    public StateFolder State { get; }

    /// <summary>True when a test runs this: nothing is printed, the database need not survive a power cut.</summary>
    public bool IsTest => _interception is not null;

    /// <summary>Whether declared ports give way to free ones; the key is the one of Aspire's testing.</summary>
    public bool RandomizePorts => IsTest && !string.Equals(Configuration["DcpPublisher:RandomizePorts"], "false", StringComparison.OrdinalIgnoreCase);

    public ConfigurationManager Configuration { get; }

    public string AppHostDirectory { get; }

    public IHostEnvironment Environment { get; }

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new();

    public IList<IResource> Resources { get; } = [];

    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        if (Resources.Any(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)))
            throw new DistributedApplicationException($"There is already a resource named '{resource.Name}'.");

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new ResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        if (_interception is not null)
        {
            _interception.Builder = this;
            throw new EntryPointLeftException();
        }

        return BuildApplication();
    }

    public DistributedApplication BuildApplication() => new(new ApplicationRunner(this));

    private static string? FromEnvironment(string name) => System.Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private sealed record HostEnvironment(string EnvironmentName, string ApplicationName, string ContentRootPath) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = EnvironmentName;

        public string ApplicationName { get; set; } = ApplicationName;

        public string ContentRootPath { get; set; } = ContentRootPath;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
