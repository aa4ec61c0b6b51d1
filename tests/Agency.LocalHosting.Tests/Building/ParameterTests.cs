using Agency.LocalHosting.Building;

namespace Agency.LocalHosting.Tests.Building;

public sealed class ParameterTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GeneratedParameter_Persisted_IsTheSameAtTheNextStart()
    {
        await using var test = new TestApplication();
        string? first = await AddAsync(test.Builder, persist: true);

        string? second = await AddAsync(test.Reopen(), persist: true);

        Assert.NotNull(first);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task GeneratedParameter_NotPersisted_IsAnotherAtTheNextStart()
    {
        await using var test = new TestApplication();
        string? first = await AddAsync(test.Builder, persist: false);

        Assert.NotEqual(first, await AddAsync(test.Reopen(), persist: false));
    }

    [Fact]
    public async Task PersistedParameters_OnUnix_AreReadableByTheirOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await using var test = new TestApplication();
        await AddAsync(test.Builder, persist: true);

#pragma warning disable CA1416 // Skipped on Windows.
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(test.Builder.State.ParametersFile));
#pragma warning restore CA1416
    }

    [Fact]
    public async Task ConfiguredParameter_WithADefault_KeepsTheConfiguredValue()
    {
        await using var test = new TestApplication("--Parameters:secret=given");

        Assert.Equal("given", await AddAsync(test.Builder, persist: true));
        Assert.False(File.Exists(test.Builder.State.ParametersFile));
    }

    [Fact]
    public async Task Parameter_WithoutAValue_NamesTheVariable()
    {
        await using var test = new TestApplication();
        var parameter = test.Builder.AddParameter("smtp-host").Resource;

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(async () => await parameter.GetValueAsync(Ct));

        Assert.Contains("Parameters__smtp-host", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task StateFolder_OpenedTwice_NamesTheFolderAndTheWayOut()
    {
        await using var test = new TestApplication();
        using var held = test.Builder.State;

        var failure = Assert.Throws<DistributedApplicationException>(() => StateFolder.Open(test.State));

        Assert.Contains(test.State, failure.Message, StringComparison.Ordinal);
        Assert.Contains("AGENCY_HOME", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"process {Environment.ProcessId}", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> AddAsync(DistributedApplicationBuilder builder, bool persist) =>
        await builder.AddParameter("secret", new GenerateParameterDefault { MinLength = 24 }, secret: true, persist: persist).Resource.GetValueAsync(Ct);
}
