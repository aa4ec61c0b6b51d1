using Agency.ServiceDefaults.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Secrets;

/// <summary>Says at start where the keys are: they need a backup of their own, and one that is not the database's.</summary>
internal sealed partial class KeyRingNotice(IOptions<SecretOptions> options, AgencyMode mode, ILogger<KeyRingNotice> logger) : IHostedService
{
    private readonly ILogger _logger = logger;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrWhiteSpace(options.Value.KeyRing))
        {
            InUse(_logger, Path.GetFullPath(options.Value.KeyRing));
        }
        else if (mode.Production)
        {
            Missing(_logger);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Companies' secrets are encrypted with the keys in {Folder}. Back it up apart from the database: without it they are lost, with both they are readable.")]
    private static partial void InUse(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "There is no key ring: clients can set no secrets. Set Secrets__KeyRing to one folder for the operations and the scheduler server.")]
    private static partial void Missing(ILogger logger);
}
