using System.Diagnostics;
using Agency.Scheduler.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Workers;

public sealed class WorkFolderTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("folders-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Start_FolderOfADeadScheduler_IsDeletedWithWhatStillWorksInIt()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells where a process works.");
        var dead = Directory.CreateDirectory(Path.Combine(_root, "agency-workers-dead"));
        await File.WriteAllTextAsync(Path.Combine(dead.FullName, "lock"), "", TestContext.Current.CancellationToken);
        using var left = Wait(dead.CreateSubdirectory("1").FullName);

        using var folder = New();

        await left.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(Directory.Exists(dead.FullName));
    }

    [Fact]
    public void Start_FolderOfALivingScheduler_IsLeftAlone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells where a process works.");
        using var living = New();
        using var working = Wait(living.CreateWorkerFolder());

        using var folder = New();

        Assert.False(working.HasExited);
        Assert.True(Directory.Exists(working.StartInfo.WorkingDirectory));
        working.Kill();
        working.WaitForExit();
    }

    private WorkFolder New() => new(_root, NullLogger<WorkFolder>.Instance);

    private static Process Wait(string folder) => Process.Start(new ProcessStartInfo("/bin/sleep", "600") { WorkingDirectory = folder })!;
}
