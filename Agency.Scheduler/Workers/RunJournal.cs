using System.Threading.Channels;
using Agency.Scheduler.Dispatch;
using Agency.WorkerProtocol;
using Npgsql;

namespace Agency.Scheduler.Workers;

/// <summary>
/// Takes what a worker tells and has it written as rows while the run goes on, together with what other runs tell. Refused by the database
/// when the run is no longer the holder's.
/// </summary>
internal sealed partial class RunJournal : IAsyncDisposable
{
    /// <summary>An attempt's history ends here: no worker may fill the database.</summary>
    public const int MaxEntries = 5000;

    /// <summary>Entries written at once.</summary>
    private const int Batch = 200;

    /// <summary>Characters written at once, give or take an entry.</summary>
    private const int BatchSize = 1024 * 1024;

    /// <summary>How long an entry waits for others: a short run is written once. Its end waits for nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly JournalWriter _writer;
    private readonly ClaimedRun _run;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<JournalEntry> _entries = Channel.CreateBounded<JournalEntry>(
        new BoundedChannelOptions(Batch) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _writing;
    private int _accepted;

    public RunJournal(JournalWriter writer, ClaimedRun run, TimeProvider time, ILogger logger)
    {
        (_writer, _run, _time, _logger) = (writer, run, time, logger);
        _writing = Task.Run(WriteAsync);
    }

    public ValueTask AddAsync(string type, string message, CancellationToken cancellationToken) =>
        AddAsync(new JournalEntry(_time.GetUtcNow(), type, message), cancellationToken);

    public ValueTask AddAsync(RunEvent told, CancellationToken cancellationToken) =>
        JournalEntry.From(told) is { } entry ? AddAsync(entry, cancellationToken) : ValueTask.CompletedTask;

    /// <summary>Waits until all is written.</summary>
    public async ValueTask DisposeAsync()
    {
        _entries.Writer.TryComplete();
        _hurry.TrySetResult();
        await _writing;
    }

    private ValueTask AddAsync(JournalEntry entry, CancellationToken cancellationToken)
    {
        _accepted++;
        if (_accepted == Batch)
        {
            // Of one that tells so much, there is always enough for a write.
            _hurry.TrySetResult();
        }

        return _accepted switch
        {
            < MaxEntries => _entries.Writer.WriteAsync(entry, cancellationToken),
            MaxEntries => _entries.Writer.WriteAsync(
                new JournalEntry(entry.At, "note", $"The history ends here: an attempt keeps {MaxEntries} events."), cancellationToken),
            _ => ValueTask.CompletedTask,
        };
    }

    private async Task WriteAsync()
    {
        while (await _entries.Reader.WaitToReadAsync())
        {
            await _hurry.Task.WaitAsync(Patience, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var batch = new List<JournalEntry>();
            for (var size = 0; batch.Count < Batch && size < BatchSize && _entries.Reader.TryRead(out var entry); size += entry.Size)
            {
                batch.Add(entry);
            }

            try
            {
                await _writer.WriteAsync(new JournalPart(_run, batch));
            }
            catch (NpgsqlException e)
            {
                // The history is worth less than the run: it goes on, and the lease decides whether it may.
                NotWritten(_logger, e, batch.Count, _run.Key.RunId.Value);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} events of run {Run} could not be written.")]
    private static partial void NotWritten(ILogger logger, Exception exception, int count, Guid run);
}
