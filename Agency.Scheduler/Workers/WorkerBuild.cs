using System.Runtime.InteropServices;

namespace Agency.Scheduler.Workers;

/// <summary>The worker to start, and why this one.</summary>
internal sealed record WorkerBuild(string File, string Reason)
{
    public const string PathVariable = "AGENCY_WORKER_PATH";

    private const string Name = "Agency.Worker";

    /// <summary>Beside every build lies what it was made of.</summary>
    private const string Sources = "worker.sources";

    private static readonly string Executable = OperatingSystem.IsWindows() ? Name + ".exe" : Name;

    /// <param name="configured">What <see cref="PathVariable"/> says: the worker's executable, its .dll, or the folder of either.</param>
    /// <param name="home">The scheduler's own folder, with the worker that it was built with in <c>worker/</c>.</param>
    /// <exception cref="FileNotFoundException">There is no worker; the message says what to do.</exception>
    public static WorkerBuild Find(string? configured, string home)
    {
        if (!string.IsNullOrWhiteSpace(configured))
        {
            return new WorkerBuild(Within(Path.GetFullPath(configured)), $"{PathVariable} names it");
        }

        var built = Path.Combine(home, "worker");
        var native = NativeFolders(home).Select(folder => Path.Combine(folder, Executable)).FirstOrDefault(System.IO.File.Exists);
        if (native is null)
        {
            return new WorkerBuild(Within(built), "the build that came with the scheduler; no native one was published");
        }

        return IsOfSameSources(native, built)
            ? new WorkerBuild(native, "the native build that was published")
            : new WorkerBuild(Within(built), $"the build that came with the scheduler; the native one at '{native}' is of other sources, publish it again");
    }

    private static string Within(string place) =>
        ((string[])[place, Path.Combine(place, Name + ".dll"), Path.Combine(place, Executable)]).FirstOrDefault(System.IO.File.Exists)
            ?? throw new FileNotFoundException(
                $"There is no {Name} at '{place}'. Build or publish Agency.Scheduler, which puts it there, or set {PathVariable} to the worker's executable, .dll or folder.");

    /// <summary>Where a native build may have been published: beside the scheduler, and in a clone at its root.</summary>
    private static IEnumerable<string> NativeFolders(string home)
    {
        yield return Path.Combine(home, "worker-native");
        for (var folder = new DirectoryInfo(home); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "Agency.sln")))
            {
                yield return Path.Combine(folder.FullName, "artifacts", "worker", RuntimeInformation.RuntimeIdentifier);
                yield break;
            }
        }
    }

    /// <summary>A native build that was forgotten must not run in place of the code that is at hand.</summary>
    private static bool IsOfSameSources(string native, string built)
    {
        var other = Path.Combine(built, Sources);
        if (!System.IO.File.Exists(other))
        {
            return true; // There is nothing else to run.
        }

        var own = Path.Combine(Path.GetDirectoryName(native)!, Sources);
        return System.IO.File.Exists(own) && System.IO.File.ReadLines(own).ToHashSet(StringComparer.Ordinal).SetEquals(System.IO.File.ReadLines(other));
    }
}
