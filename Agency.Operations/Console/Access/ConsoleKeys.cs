using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Secrets;
using Microsoft.AspNetCore.DataProtection;

namespace Agency.Operations.Console.Access;

/// <summary>
/// The keys that protect forms, authorization codes and refresh tokens. They lie in the folder that <c>Console:KeyRing</c> names, which replicas have to share;
/// without it where the user's profile is, which is fine on one's own machine.
/// </summary>
internal static partial class ConsoleKeys
{
    private const string Setting = "Console:KeyRing";

    public static void AddConsoleKeys(this WebApplicationBuilder builder)
    {
        var keys = builder.Services.AddDataProtection().SetApplicationName("agency.console");
        var folder = builder.Configuration[Setting] is { Length: > 0 } named ? Path.GetFullPath(named) : null;

        // It warns with each new key that the folder's files are not encrypted: so they are, and the folder is for its owner alone.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
        var isOpen = false;
        if (folder is not null)
        {
            isOpen = KeyRingFolder.Create(folder);
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
        }

        builder.Services.AddHostedService(provider => new Notice(
            folder, isOpen, provider.GetRequiredService<AgencyMode>(), provider.GetRequiredService<ILogger<Notice>>()));
    }

    /// <summary>Says at start what is not well with the folder.</summary>
    private sealed partial class Notice(string? folder, bool isOpen, AgencyMode mode, ILogger<Notice> logger) : IHostedService
    {
        private readonly ILogger _logger = logger;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (isOpen)
            {
                OpenToOthers(_logger, folder!);
            }
            else if (folder is null && mode.Production)
            {
                Missing(_logger);
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        [LoggerMessage(Level = LogLevel.Warning, Message = "Others can read or write the keys of the console and of OAuth in {Folder}: whoever has a copy can make sign-ins of his own. Close it (chmod 700).")]
        private static partial void OpenToOthers(ILogger logger, string folder);

        // A container's profile is gone with it.
        [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of the console and of OAuth lie in this user's profile: another replica does not have them, and clients must connect anew when they are gone. Set Console__KeyRing to one folder for all replicas.")]
        private static partial void Missing(ILogger logger);
    }
}
