using System.Diagnostics;
using Agency.LocalHosting.Running;

namespace Agency.LocalHosting.Tests.Running;

public sealed class ProcessRegistryTests
{
    [Fact]
    public async Task EndLeftOvers_ProcessOfAKilledLauncher_IsEnded()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "processes.json");
        using var left = Process.Start("sleep", "600");
        new ProcessRegistry(file, Silent).Add("service", left);

        await new ProcessRegistry(file, Silent).EndLeftOversAsync(TestContext.Current.CancellationToken);

        await left.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(left.HasExited);
    }

    [Fact]
    public async Task EndLeftOvers_PidGivenToAStranger_LeavesItAlone()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "processes.json");
        using var stranger = Process.Start("sleep", "600");
        try
        {
            await File.WriteAllTextAsync(
                file, $$"""[{"Resource":"service","Pid":{{stranger.Id}},"Started":"2020-01-01T00:00:00Z"}]""", TestContext.Current.CancellationToken);

            await new ProcessRegistry(file, Silent).EndLeftOversAsync(TestContext.Current.CancellationToken);

            Assert.False(stranger.HasExited);
            Assert.Equal("[]", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        }
        finally
        {
            stranger.Kill();
        }
    }

    private static LogSink Silent => new(10, toConsole: false);
}
