using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Agency.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Secrets;

/// <summary>
/// Encrypts and decrypts companies' secrets with the keys of the ring. A ciphertext is bound to its company and its name: in another row it does not decrypt.
/// </summary>
public sealed partial class SecretVault(IOptions<SecretOptions> options, TimeProvider time, ILogger<SecretVault> logger)
{
    /// <summary>What a person can do who has no access to the servers.</summary>
    public const string NoKeyRing =
        "Secrets cannot be kept here: there is no key ring. The operator sets Secrets__KeyRing to one folder for the operations and the scheduler server, outside the database.";

    private const string Purpose = "Agency.CompanySecret.v1";

    /// <summary>Between two readings of the ring from its folder because of something that did not decrypt.</summary>
    private static readonly TimeSpan RereadAfter = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;
    private readonly Lock _gate = new();
    private readonly string? _folder = string.IsNullOrWhiteSpace(options.Value.KeyRing) ? null : Path.GetFullPath(options.Value.KeyRing);
    private IDataProtectionProvider? _keys;
    private long _read;

    /// <summary>The value encrypted, or why it cannot be.</summary>
    public Result<byte[]> Seal(CompanyId company, string name, string value)
    {
        try
        {
            return Keys(reread: false) is { } keys
                ? keys.CreateProtector(Purpose, company.Value, name).Protect(Encoding.UTF8.GetBytes(value))
                : Error.Conflict(NoKeyRing);
        }
        catch (Exception e) when (IsOfTheRing(e))
        {
            RingUnusable(_logger, e, _folder!);
            return Error.Conflict("Secrets cannot be kept here now: the key ring cannot be used. The operator finds the reason in the server's log.");
        }
    }

    /// <summary>The value, or why there is none.</summary>
    public Result<string> Open(CompanyId company, string name, byte[] ciphertext)
    {
        ArgumentNullException.ThrowIfNull(ciphertext);
        if (_folder is null)
        {
            return Error.Conflict(NoKeyRing);
        }

        // Another server may have made or been given a key since the ring was read.
        if (TryOpen(company, name, ciphertext, reread: false, out var value, out _) || TryOpen(company, name, ciphertext, reread: true, out value, out var failure))
        {
            return value;
        }

        NotDecrypted(_logger, failure, name, company, _folder);
        return Error.Conflict($"The secret '{name}' does not decrypt: it was encrypted with keys that are not in the key ring, or for another place. Set it again with set_secret, or the operator restores the key ring.");
    }

    private bool TryOpen(CompanyId company, string name, byte[] ciphertext, bool reread, [NotNullWhen(true)] out string? value, out Exception? failure)
    {
        try
        {
            value = Encoding.UTF8.GetString(Keys(reread)!.CreateProtector(Purpose, company.Value, name).Unprotect(ciphertext));
            failure = null;
        }
        catch (Exception e) when (IsOfTheRing(e))
        {
            (value, failure) = (null, e);
        }

        return value is not null;
    }

    private IDataProtectionProvider? Keys(bool reread)
    {
        if (_folder is null)
        {
            return null;
        }

        lock (_gate)
        {
            if (_keys is null || (reread && time.GetElapsedTime(_read) > RereadAfter))
            {
                _keys = Read(_folder);
                _read = time.GetTimestamp();
            }

            return _keys;
        }
    }

    private IDataProtectionProvider Read(string folder)
    {
        if (options.Value.MakesKeys)
        {
            if (KeyRingFolder.Create(folder))
            {
                OpenToOthers(_logger, folder);
            }
        }
        else if (!Directory.Exists(folder))
        {
            // Data Protection would make it, open to others.
            throw new DirectoryNotFoundException($"There is no folder {folder}.");
        }

        // Of its own, so that neither cookies nor anything else of the service ever has these keys.
        return DataProtectionProvider.Create(new DirectoryInfo(folder), builder =>
        {
            builder.SetApplicationName("agency.company-secrets");
            if (!options.Value.MakesKeys)
            {
                builder.DisableAutomaticKeyGeneration();
            }
        });
    }

    private static bool IsOfTheRing(Exception e) =>
        e is CryptographicException or IOException or UnauthorizedAccessException or InvalidOperationException or System.Xml.XmlException;

    [LoggerMessage(Level = LogLevel.Error, Message = "The key ring of companies' secrets in {Folder} cannot be used. Can this user write there? Set Secrets__KeyRing to a folder of its own.")]
    private static partial void RingUnusable(ILogger logger, Exception exception, string folder);

    [LoggerMessage(Level = LogLevel.Error, Message = "The secret {Name} of {Company} does not decrypt with the keys in {Folder}. Every server needs the same Secrets__KeyRing; restore the folder from its backup, or set the secret again.")]
    private static partial void NotDecrypted(ILogger logger, Exception? exception, string name, CompanyId company, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Others can read or write the key ring in {Folder}: whoever has a copy of it and of the database reads companies' secrets. Close it (chmod 700).")]
    private static partial void OpenToOthers(ILogger logger, string folder);
}
