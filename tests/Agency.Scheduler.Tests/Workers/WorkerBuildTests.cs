using System.Runtime.InteropServices;
using Agency.Scheduler.Workers;

namespace Agency.Scheduler.Tests.Workers;

public sealed class WorkerBuildTests : IDisposable
{
    private static readonly string Executable = OperatingSystem.IsWindows() ? "Agency.Worker.exe" : "Agency.Worker";

    private readonly string _clone = Directory.CreateTempSubdirectory("wb-").FullName;
    private readonly string _home;

    public WorkerBuildTests()
    {
        _home = Path.Combine(_clone, "Agency.Scheduler", "bin");
        Put(Path.Combine(_home, "worker", "Agency.Worker.dll"), "");
        Put(Path.Combine(_home, "worker", "worker.sources"), "a\nb\n");
        Put(Path.Combine(_clone, "Agency.sln"), "");
    }

    private string Published => Path.Combine(_clone, "artifacts", "worker", RuntimeInformation.RuntimeIdentifier);

    public void Dispose() => Directory.Delete(_clone, recursive: true);

    [Fact]
    public void Find_NothingPublished_TakesWhatCameWithTheScheduler()
    {
        var build = WorkerBuild.Find(null, _home);

        Assert.Equal(Path.Combine(_home, "worker", "Agency.Worker.dll"), build.File);
        Assert.Contains("no native one", build.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_PublishedInTheClone_IsTaken()
    {
        Put(Path.Combine(Published, Executable), "");
        Put(Path.Combine(Published, "worker.sources"), "b\na\n");

        Assert.Equal((Path.Combine(Published, Executable), "the native build that was published"), (WorkerBuild.Find("", _home).File, WorkerBuild.Find("", _home).Reason));
    }

    [Fact]
    public void Find_PublishedBesideTheScheduler_IsTakenFirst()
    {
        Put(Path.Combine(Published, Executable), "");
        Put(Path.Combine(_home, "worker-native", Executable), "");
        Put(Path.Combine(_home, "worker-native", "worker.sources"), "a\nb\n");

        Assert.Equal(Path.Combine(_home, "worker-native", Executable), WorkerBuild.Find(null, _home).File);
    }

    [Theory]
    [InlineData("a\nc\n")]
    [InlineData("a\n")]
    [InlineData(null)]
    public void Find_PublishedFromOtherSources_IsLeftAndSaysSo(string? sources)
    {
        Put(Path.Combine(Published, Executable), "");
        if (sources is not null)
        {
            Put(Path.Combine(Published, "worker.sources"), sources);
        }

        var build = WorkerBuild.Find(null, _home);

        Assert.Equal(Path.Combine(_home, "worker", "Agency.Worker.dll"), build.File);
        Assert.Contains("is of other sources, publish it again", build.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_Configured_OverridesAll()
    {
        Put(Path.Combine(Published, Executable), "");
        var own = Path.Combine(_clone, "own");
        Put(Path.Combine(own, Executable), "");

        Assert.Equal(Path.Combine(own, Executable), WorkerBuild.Find(own, _home).File);
        Assert.Contains(WorkerBuild.PathVariable, WorkerBuild.Find(own, _home).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_NothingThere_SaysWhereItLookedAndWhatToDo()
    {
        var missing = Assert.Throws<FileNotFoundException>(() => WorkerBuild.Find(Path.Combine(_clone, "none"), _home));

        Assert.Contains(Path.Combine(_clone, "none"), missing.Message, StringComparison.Ordinal);
        Assert.Contains(WorkerBuild.PathVariable, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_TheBuildOfThisScheduler_KnowsItsSources() =>
        Assert.True(File.Exists(Path.Combine(RunningScheduler.WorkerFolder, "worker.sources")), "The native build could not be told from a forgotten one.");

    private static void Put(string file, string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, content);
    }
}
