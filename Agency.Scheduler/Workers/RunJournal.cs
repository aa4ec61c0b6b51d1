using System.Threading.Channels;
using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Scheduler.Dispatch;
using Agency.WorkerProtocol;
using Npgsql;
using StepStatus = Agency.Data.Runs.StepStatus;

namespace Agency.Scheduler.Workers;

/// <summary>
/// Writes what a worker tells as rows while the run goes on, in small batches as they come. Refused by the database when the run is no
/// longer the holder's.
/// </summary>
internal sealed partial class RunJournal : IAsyncDisposable
{
    /// <summary>An attempt's history ends here: no worker may fill the database.</summary>
    public const int MaxEntries = 5000;

    private const int Batch = 200;

    private readonly AgencyDatabase _database;
    private readonly ClaimedRun _run;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<JournalEntry> _entries = Channel.CreateBounded<JournalEntry>(
        new BoundedChannelOptions(1000) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly Task _writing;
    private int _accepted;

    public RunJournal(AgencyDatabase database, ClaimedRun run, TimeProvider time, ILogger logger)
    {
        (_database, _run, _time, _logger) = (database, run, time, logger);
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
        await _writing;
    }

    private ValueTask AddAsync(JournalEntry entry, CancellationToken cancellationToken) =>
        ++_accepted switch
        {
            < MaxEntries => _entries.Writer.WriteAsync(entry, cancellationToken),
            MaxEntries => _entries.Writer.WriteAsync(
                new JournalEntry(entry.At, "note", $"The history ends here: an attempt keeps {MaxEntries} events."), cancellationToken),
            _ => ValueTask.CompletedTask,
        };

    private async Task WriteAsync()
    {
        var batch = new List<JournalEntry>();
        while (await _entries.Reader.WaitToReadAsync())
        {
            batch.Clear();
            while (batch.Count < Batch && _entries.Reader.TryRead(out var entry))
            {
                batch.Add(entry);
            }

            try
            {
                await WriteAsync(batch);
            }
            catch (NpgsqlException e)
            {
                // The history is worth less than the run: it goes on, and the lease decides whether it may.
                NotWritten(_logger, e, batch.Count, _run.Key.RunId.Value);
            }
        }
    }

    private async Task WriteAsync(List<JournalEntry> entries)
    {
        await using var connection = await _database.OpenAgencyConnectionAsync(CancellationToken.None);
        await using var batch = connection.CreateBatch();
        batch.BatchCommands.Add(Command(
            JournalSql.AddEvents,
            new() { Value = entries.Select(e => e.At.UtcDateTime).ToArray() },
            new() { Value = entries.Select(e => e.Type).ToArray() },
            new() { Value = entries.Select(e => Printable(e.Message)).ToArray() },
            new NpgsqlParameter<string?[]> { TypedValue = [.. entries.Select(e => e.Data?.ToJsonString().Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal))] }));
        var steps = entries.Where(e => e.Step is not null).Select(e => e.Step!).ToList();
        if (steps.Count > 0)
        {
            batch.BatchCommands.Add(Command(
                JournalSql.AddSteps,
                new() { Value = steps.Select(s => s.Ordinal).ToArray() },
                new() { Value = steps.Select(s => Printable(s.Title)).ToArray() },
                new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Tool is null ? null : ProtocolText.Clip(Printable(s.Tool), 200))] },
                new() { Value = steps.Select(s => SnakeCase.Of(Status(s))).ToArray() },
                new() { Value = steps.Select(s => s.At.AddMilliseconds(-s.DurationMs).UtcDateTime).ToArray() },
                new() { Value = steps.Select(s => s.At.UtcDateTime).ToArray() },
                new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Error is null ? null : Printable(s.Error.Message))] },
                new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Result is null ? null : Printable(s.Result))] },
                new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.SpanId)] }));
        }

        await batch.ExecuteNonQueryAsync();
    }

    private NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql)
        {
            Parameters =
            {
                new() { Value = _run.Key.CompanyId.Value },
                new() { Value = _run.Key.RunId.Value },
                new() { Value = _run.Key.Fencing },
                new() { Value = _run.Key.Owner },
                new() { Value = _run.Attempt },
            },
        };
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private static StepStatus Status(StepFinishedEvent step) => step.Status switch
    {
        WorkerProtocol.StepStatus.Succeeded => StepStatus.Succeeded,
        WorkerProtocol.StepStatus.Failed => StepStatus.Failed,
        _ => StepStatus.Guidance,
    };

    /// <summary>PostgreSQL's text holds no NUL.</summary>
    private static string Printable(string text) => text.Replace('\0', '\uFFFD');

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} events of run {Run} could not be written.")]
    private static partial void NotWritten(ILogger logger, Exception exception, int count, Guid run);
}
