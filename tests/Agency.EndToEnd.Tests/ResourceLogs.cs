using System.Collections.Concurrent;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.EndToEnd.Tests;

/// <summary>Everything that the resources of an application wrote, in the order in which it arrived.</summary>
public sealed class ResourceLogs : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    public ResourceLogs(IServiceProvider services)
    {
        var logs = services.GetRequiredService<ResourceLoggerService>();
        _reading = Task.WhenAll(services.GetRequiredService<DistributedApplicationModel>().Resources.Select(resource => ReadAsync(logs, resource)));
    }

    public IReadOnlyCollection<string> Lines => _lines;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
    }

    private async Task ReadAsync(ResourceLoggerService logs, IResource resource)
    {
        try
        {
            await foreach (var lines in logs.WatchAsync(resource).WithCancellation(_stop.Token))
            {
                foreach (var line in lines)
                {
                    _lines.Enqueue($"{resource.Name} | {line.Content}");
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The application ends.
        }
    }
}
