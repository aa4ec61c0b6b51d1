using System.Reflection;
using Agency.LocalHosting.Building;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Agency.LocalHosting;

/// <summary>An AppHost's builder as a test holds it: change it, then build.</summary>
public interface IDistributedApplicationTestingBuilder : IDistributedApplicationBuilder, IAsyncDisposable
{
    Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default);
}

/// <summary>
/// Runs an AppHost's own entry point as far as <c>Build()</c>, so that a test starts the very topology that users run: with free ports and a
/// state folder of its own, which is deleted when the builder is disposed of.
/// </summary>
public static class DistributedApplicationTestingBuilder
{
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default) =>
        CreateAsync(typeof(TEntryPoint), args, cancellationToken);

    /// <param name="entryPoint">Any type of the AppHost's assembly.</param>
    /// <param name="args">Arguments; <c>--Name=value</c> is configuration.</param>
    /// <param name="cancellationToken">Not used: the entry point only declares.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, CancellationToken cancellationToken = default)
    {
        string state = Path.Combine(Path.GetTempPath(), $"agency-state-{Guid.NewGuid():N}");
        var interception = new EntryPointInterception(entryPoint.Assembly, state);
        var main = entryPoint.Assembly.EntryPoint ?? throw new ArgumentException($"{entryPoint.Assembly.GetName().Name} has no entry point.", nameof(entryPoint));

        // A thread of its own: the ambient interception must not outlive this call.
        return Task.Run<IDistributedApplicationTestingBuilder>(
            () =>
            {
                EntryPointInterception.Current = interception;
                try
                {
                    main.Invoke(null, main.GetParameters().Length == 0 ? [] : [args]);
                }
                catch (TargetInvocationException outcome) when (outcome.InnerException is EntryPointLeftException)
                {
                    return new TestingBuilder(interception.Builder!);
                }
                catch (TargetInvocationException outcome) when (outcome.InnerException is not null)
                {
                    throw new DistributedApplicationException($"The AppHost's entry point failed: {outcome.InnerException.Message}", outcome.InnerException);
                }

                throw new DistributedApplicationException("The AppHost's entry point ended before Build().");
            },
            cancellationToken);
    }

    private sealed class TestingBuilder(DistributedApplicationBuilder inner) : IDistributedApplicationTestingBuilder
    {
        private DistributedApplication? _application;

        public ConfigurationManager Configuration => inner.Configuration;

        public string AppHostDirectory => inner.AppHostDirectory;

        public IHostEnvironment Environment => inner.Environment;

        public DistributedApplicationExecutionContext ExecutionContext => inner.ExecutionContext;

        public IList<IResource> Resources => inner.Resources;

        public IResourceBuilder<T> AddResource<T>(T resource)
            where T : IResource => inner.AddResource(resource);

        public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
            where T : IResource => inner.CreateResourceBuilder(resource);

        public DistributedApplication Build() => _application ??= inner.BuildApplication();

        public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken = default) => Task.FromResult(Build());

        public async ValueTask DisposeAsync()
        {
            if (_application is not null)
                await _application.DisposeAsync();
            inner.State.Dispose();
            if (Directory.Exists(inner.State.Path))
                Directory.Delete(inner.State.Path, recursive: true);
        }
    }
}
