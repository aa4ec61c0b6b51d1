using Agency.Data;
using Agency.ServiceDefaults.Secrets;
using Agency.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Agency.ServiceDefaults.Tests.Secrets;

public sealed class SecretVaultTests : IDisposable
{
    private const string Value = "sk-live-4f9a";

    private static readonly CompanyId Acme = new("acme");
    private static readonly CompanyId Globex = new("globex");

    private readonly TestVault _ring = new();

    public void Dispose() => _ring.Dispose();

    [Fact]
    public void Open_SameCompanyAndName_GivesTheValue()
    {
        var ciphertext = _ring.Open().Seal(Acme, "crm_key", Value).Value;

        Assert.Equal(-1, ciphertext.AsSpan().IndexOf("sk-live"u8));
        Assert.Equal(Value, _ring.Open().Open(Acme, "crm_key", ciphertext).Value);
    }

    [Fact]
    public void Open_OfAnotherCompanyOrName_IsRefused()
    {
        var vault = _ring.Open();
        var ciphertext = vault.Seal(Acme, "crm_key", Value).Value;

        Assert.Contains("does not decrypt", vault.Open(Globex, "crm_key", ciphertext).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("does not decrypt", vault.Open(Acme, "crm_key2", ciphertext).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("does not decrypt", vault.Open(new CompanyId("ACME"), "crm_key", ciphertext).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("does not decrypt", vault.Open(Acme, "crm_key", [.. ciphertext[..^1], (byte)(ciphertext[^1] ^ 1)]).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ring_OfTwoServersThatBothMadeAKey_IsShared()
    {
        // Both read the empty folder before either made its key.
        var clock = new FakeTimeProvider();
        var (one, other, reader) = (_ring.Open(time: clock), _ring.Open(time: clock), _ring.Open(makesKeys: false, clock));
        var first = one.Seal(Acme, "a", Value).Value;
        var second = other.Seal(Acme, "b", Value).Value;
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal([Value, Value, Value, Value], new[] { one.Open(Acme, "b", second), other.Open(Acme, "a", first), reader.Open(Acme, "a", first), reader.Open(Acme, "b", second) }
            .Select(result => result.Value));
    }

    [Fact]
    public void Ring_ThatGotAnotherKey_OpensOldAndNew()
    {
        var clock = new FakeTimeProvider();
        var old = _ring.Open(time: clock).Seal(Acme, "a", Value).Value;
        var reader = _ring.Open(makesKeys: false, clock);
        Assert.Equal(Value, reader.Open(Acme, "a", old).Value);

        // The old key is set aside, as after a leak; a server makes the next one, and the old one is put back for reading.
        var oldKey = Assert.Single(Directory.GetFiles(_ring.Folder));
        var aside = Path.Combine(Path.GetDirectoryName(_ring.Folder)!, Path.GetFileName(oldKey));
        File.Move(oldKey, aside);
        var fresh = _ring.Open(time: clock).Seal(Acme, "a", "new-value-1").Value;
        Assert.Contains("does not decrypt", _ring.Open().Open(Acme, "a", old).Error?.Message, StringComparison.Ordinal);
        File.Move(aside, oldKey);
        clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("new-value-1", reader.Open(Acme, "a", fresh).Value);
        Assert.Equal(Value, reader.Open(Acme, "a", old).Value);
    }

    [Fact]
    public void Ring_Folder_IsForItsOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other access rights.");
        _ring.Open().Seal(Acme, "a", Value);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_ring.Folder));
        }
    }

    [Fact]
    public void Ring_OfAServerThatOnlyReads_MakesNoKeys()
    {
        var ciphertext = _ring.Open().Seal(Acme, "a", Value).Value;
        Directory.Delete(_ring.Folder, recursive: true);

        Assert.Contains("key ring", _ring.Open(makesKeys: false).Open(Acme, "a", ciphertext).Error?.Message, StringComparison.Ordinal);
        Assert.False(_ring.Open(makesKeys: false).Seal(Acme, "a", Value).IsSuccess);
        Assert.False(Directory.Exists(_ring.Folder) && Directory.EnumerateFiles(_ring.Folder).Any());
    }

    [Fact]
    public void Ring_NotConfigured_SaysWhatToDo()
    {
        var vault = new SecretVault(Options.Create(new SecretOptions()), TimeProvider.System, NullLogger<SecretVault>.Instance);

        Assert.Contains("Secrets__KeyRing", vault.Seal(Acme, "a", Value).Error?.Message, StringComparison.Ordinal);
        Assert.Contains("Secrets__KeyRing", vault.Open(Acme, "a", [1]).Error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ring_WhereNothingCanBeWritten_IsAnErrorAndNoCrash()
    {
        var file = Path.Combine(Path.GetDirectoryName(_ring.Folder)!, "file");
        File.WriteAllText(file, "");
        var vault = new SecretVault(
            Options.Create(new SecretOptions { KeyRing = Path.Combine(file, "ring"), MakesKeys = true }), TimeProvider.System, NullLogger<SecretVault>.Instance);

        Assert.Contains("server's log", vault.Seal(Acme, "a", Value).Error?.Message, StringComparison.Ordinal);
    }
}
