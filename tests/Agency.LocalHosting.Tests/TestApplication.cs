using Agency.LocalHosting.Building;

namespace Agency.LocalHosting.Tests;

/// <summary>An application declared by a test, of shell scripts mostly, with a state folder of its own.</summary>
internal sealed class TestApplication(params string[] args) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private DistributedApplicationBuilder? _builder;
    private DistributedApplication? _app;

    public string State => Path.Combine(_folder.Path, "state");

    public DistributedApplicationBuilder Builder => _builder ??= Open();

    public DistributedApplication App => _app ??= Builder.BuildApplication();

    /// <summary>A resource that runs a script and is an endpoint's owner when <paramref name="health"/> asks for one.</summary>
    public IResourceBuilder<ExecutableResource> Shell(string name, string script, string? health = null)
    {
        var resource = Builder.AddExecutable(name, "/bin/sh", _folder.Path, "-c", script);
        return health is null ? resource : resource.WithHttpEndpoint().WithHttpHealthCheck(health);
    }

    /// <summary>Ends the use of the state folder, as the end of a launcher does, and begins another.</summary>
    public DistributedApplicationBuilder Reopen()
    {
        Builder.State.Dispose();
        return _builder = Open();
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
        _builder?.State.Dispose();
        _folder.Dispose();
    }

    private DistributedApplicationBuilder Open() => new(args, new EntryPointInterception(typeof(TestApplication).Assembly, State));
}
