using Microsoft.AspNetCore.DataProtection;

namespace Agency.Operations.Console.Access;

/// <summary>
/// The keys that protect forms, authorization codes and refresh tokens. They lie where the user's profile is, or in the folder that
/// <c>Console:KeyRing</c> names, which replicas on several machines have to share.
/// </summary>
internal static class ConsoleKeys
{
    public static void AddConsoleKeys(this WebApplicationBuilder builder)
    {
        var keys = builder.Services.AddDataProtection().SetApplicationName("agency.console");
        if (builder.Configuration["Console:KeyRing"] is { Length: > 0 } folder)
        {
            keys.PersistKeysToFileSystem(new DirectoryInfo(folder));
        }
    }
}
