using Agency.Scheduler.Workers;

namespace Agency.Benchmarks.AgencyParts;

/// <summary>A build of the worker that was found on this machine.</summary>
/// <param name="Name">For the names of figures: jit, aot, aot_opt_in.</param>
/// <param name="Path">As the scheduler takes it.</param>
internal sealed record FoundWorker(string Name, string Path)
{
    /// <summary>
    /// The build that comes with every build; the one that the scheduler would take here; and, with the opt-in settings, one that was published
    /// beside it, below artifacts/worker.
    /// </summary>
    public static List<FoundWorker> FindAll()
    {
        var jit = new FoundWorker("jit", System.IO.Path.Combine(AgencyService.WorkerFolder, "Agency.Worker.dll"));
        var taken = Named(WorkerBuild.Find(Environment.GetEnvironmentVariable(WorkerBuild.PathVariable), AppContext.BaseDirectory).File);
        return [.. Beside(taken.Path).Prepend(taken).Prepend(jit).DistinctBy(worker => worker.Name)];
    }

    /// <summary>The one that the scheduler would take here.</summary>
    public static FoundWorker Preferred() => Named(WorkerBuild.Find(Environment.GetEnvironmentVariable(WorkerBuild.PathVariable), AppContext.BaseDirectory).File);

    private static FoundWorker Named(string file) =>
        new(file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? "jit" : IsAtFixedAddress(file) ? "aot_opt_in" : "aot", file);

    private static IEnumerable<FoundWorker> Beside(string taken)
    {
        var all = System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(taken)!, ".."));
        return System.IO.Path.GetFileName(all) == "worker"
            ? Directory.EnumerateDirectories(all).Select(folder => System.IO.Path.Combine(folder, System.IO.Path.GetFileName(taken))).Where(File.Exists).Select(Named)
            : [];
    }

    /// <summary>The opt-in settings make an ELF program of type EXEC (2) where the default is DYN (3).</summary>
    private static bool IsAtFixedAddress(string file)
    {
        Span<byte> header = stackalloc byte[18];
        using var stream = File.OpenRead(file);
        return stream.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header[..4].SequenceEqual("\u007fELF"u8) && header[16] == 2;
    }
}
