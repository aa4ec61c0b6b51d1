using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Secrets;
using Agency.ServiceDefaults.Secrets.Redaction;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Agency.Testing;

/// <summary>A key ring of a test's own.</summary>
public sealed class TestVault : IDisposable
{
    /// <summary>The folder; servers get it as <c>Secrets:KeyRing</c>.</summary>
    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("keys-").FullName, "ring");

    public IOptions<SecretOptions> Options => Microsoft.Extensions.Options.Options.Create(new SecretOptions { KeyRing = Folder, MakesKeys = true });

    /// <summary>A vault over it, as one more server would have it.</summary>
    public SecretVault Open(bool makesKeys = true, TimeProvider? time = null) => new(
        Microsoft.Extensions.Options.Options.Create(new SecretOptions { KeyRing = Folder, MakesKeys = makesKeys }), time ?? TimeProvider.System, NullLogger<SecretVault>.Instance);

    public CompanySecretReader Reader(AgencyDatabase database) => new(database, Open(), new LiveSecrets());

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
}
