using System.Globalization;

namespace Agency.Scheduler.Workers;

/// <summary>
/// This scheduler's folder for its workers' folders. A lock file, held open while the process lives, tells it from those that dead ones have
/// left, which are deleted here, with what still works in them.
/// </summary>
internal sealed partial class WorkFolder : IDisposable
{
    private const string Prefix = "agency-workers-";
    private const string LockFile = "lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>What fits into a Unix socket's address.</summary>
    private const int LongestSocketPath = 104;

    private readonly FileStream _lock;
    private readonly ILogger _logger;
    private int _last;

    public WorkFolder(string? root, ILogger<WorkFolder> logger)
    {
        _logger = logger;
        root = System.IO.Path.GetFullPath(string.IsNullOrWhiteSpace(root) ? System.IO.Path.GetTempPath() : root);
        Directory.CreateDirectory(root);
        Sweep(root);
        Path = System.IO.Path.Combine(root, Prefix + Guid.NewGuid().ToString("N")[..12]);
        if (Path.Length + "/1000000/gateway".Length > LongestSocketPath)
        {
            throw new InvalidOperationException($"'{root}' is too long a path for Unix sockets. Set Scheduler:WorkFolder to a shorter one.");
        }

        Create(Path);
        _lock = new FileStream(System.IO.Path.Combine(Path, LockFile), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None);
    }

    public string Path { get; }

    /// <summary>A new folder that only this user may enter.</summary>
    public string CreateWorkerFolder()
    {
        var folder = System.IO.Path.Combine(Path, Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture));
        Create(folder);
        return folder;
    }

    /// <summary>Deletes a worker's folder; what cannot be deleted now is swept at a later start.</summary>
    public void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone is gone.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            NotDeleted(_logger, e, folder);
        }
    }

    public void Dispose()
    {
        _lock.Dispose();
        Delete(Path);
    }

    /// <remarks>
    /// Workers leave when their scheduler dies. One kind of process does not: where the first of bubblewrap's two processes is killed before it has
    /// let the second one go, that one waits for it for ever, with no worker in it (https://github.com/containers/bubblewrap/issues/633).
    /// </remarks>
    private void Sweep(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root, Prefix + "*"))
        {
            try
            {
                // Opening it fails while its owner lives, and where it is another user's.
                using (new FileStream(System.IO.Path.Combine(folder, LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                ProcessTree.KillIn(folder);
                Delete(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or being made this moment.
            }
        }
    }

    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} could not be deleted; a later start of a scheduler tries again.")]
    private static partial void NotDeleted(ILogger logger, Exception exception, string folder);
}
