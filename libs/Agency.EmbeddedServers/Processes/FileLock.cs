namespace Agency.EmbeddedServers.Processes;

/// <summary>A lock between processes that the operating system frees when its holder dies, however it dies.</summary>
public static class FileLock
{
    /// <summary>Takes the lock, or returns null when another process holds it.</summary>
    public static FileStream? TryAcquire(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (Directory.Exists(Path.GetDirectoryName(path)))
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    public static async Task<FileStream> AcquireAsync(string path, TimeSpan wait, CancellationToken ct)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (TryAcquire(path) is { } stream)
                return stream;

            if (TimeProvider.System.GetElapsedTime(started) > wait)
            {
                throw new EmbeddedServerException(
                    $"Another process has held the lock {path} for {wait.TotalSeconds:0} seconds. End that process, then start again.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
        }
    }
}
