using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.Hosting;

/// <summary>
/// With <c>AGENCY_PARENT_WATCH=stdin</c> the service leaves when its standard input ends. Whoever started it holds the other end, so even
/// a parent that was killed outright takes its children along.
/// </summary>
internal sealed partial class ParentWatch(IConfiguration configuration, IHostApplicationLifetime lifetime, ILogger<ParentWatch> logger, Func<Stream>? openInput = null)
    : IHostedService
{
    private readonly ILogger _logger = logger;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (configuration["AGENCY_PARENT_WATCH"] == "stdin")
        {
            // A thread of its own: reading a pipe cannot be cancelled, and a background thread holds up no exit.
            new Thread(WaitForEnd) { IsBackground = true, Name = "parent watch" }.Start();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void WaitForEnd()
    {
        try
        {
            using var input = openInput?.Invoke() ?? Console.OpenStandardInput();
            Span<byte> buffer = stackalloc byte[256];
            while (input.Read(buffer) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A broken pipe is an end as well.
        }

        ParentGone(_logger);
        lifetime.StopApplication();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Standard input ended: whoever started this service is gone. Stopping.")]
    private static partial void ParentGone(ILogger logger);
}
