namespace Agency.Hosting.Embedded;

/// <summary>Follows a file that another process appends to.</summary>
internal static class LogTail
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    /// <summary>Passes on every line that is appended from now on, until cancelled. A file that was cut short is read from its beginning.</summary>
    public static async Task FollowAsync(string path, Action<string> onLine, CancellationToken cancellationToken)
    {
        long position = File.Exists(path) ? new FileInfo(path).Length : 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                position = await ReadAsync(path, position, onLine, cancellationToken);
                await Task.Delay(Pause, TimeProvider.System, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None); // The file is being replaced, or is not there yet.
            }
        }
    }

    private static async Task<long> ReadAsync(string path, long position, Action<string> onLine, CancellationToken cancellationToken)
    {
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (stream.Length == position)
            return position;

        stream.Seek(stream.Length < position ? 0 : position, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
                onLine(line);
        }

        return stream.Position;
    }
}
