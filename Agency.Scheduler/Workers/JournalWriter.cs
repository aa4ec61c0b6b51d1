using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Scheduler.Dispatch;
using Agency.WorkerProtocol;
using Npgsql;
using StepStatus = Agency.Data.Runs.StepStatus;

namespace Agency.Scheduler.Workers;

/// <summary>What is to be added to one run's history.</summary>
internal sealed record JournalPart(ClaimedRun Run, IReadOnlyList<JournalEntry> Entries);

/// <summary>
/// Writes the histories of all runs, those that have something to write at the same time in one transaction. A run whose row is locked is
/// written by itself, so that it holds up no other.
/// </summary>
internal sealed class JournalWriter
{
    private const int MaxParts = 32;
    private const int Writers = 2;

    private readonly AgencyDatabase _database;
    private readonly GroupCommit<JournalPart, bool> _writes;

    public JournalWriter(AgencyDatabase database)
    {
        _database = database;
        _writes = new(parts => WriteAsync(JournalSql.AddToFree, parts), MaxParts, Writers);
    }

    /// <summary>Completes when it is written, or refused because the run is no longer the holder's.</summary>
    /// <exception cref="NpgsqlException">The database did not take it.</exception>
    public async Task WriteAsync(JournalPart part)
    {
        if (!await _writes.AddAsync(part))
        {
            await WriteAsync(JournalSql.AddWaiting, [part]);
        }
    }

    private async Task<IReadOnlyList<bool>> WriteAsync(string sql, IReadOnlyList<JournalPart> parts)
    {
        await using var connection = await _database.OpenAgencyConnectionAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(sql, connection);
        AddRuns(command.Parameters, parts);
        var entries = parts.SelectMany((part, i) => part.Entries.Select(entry => (Part: i + 1, Entry: entry))).ToList();
        AddEvents(command.Parameters, entries);
        AddSteps(command.Parameters, [.. entries.Where(e => e.Entry.Step is not null).Select(e => (e.Part, e.Entry.Step!))]);

        var written = new bool[parts.Count];
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            written[reader.GetInt32(0) - 1] = true;
        }

        return written;
    }

    private static void AddRuns(NpgsqlParameterCollection to, IReadOnlyList<JournalPart> parts)
    {
        to.Add(new() { Value = parts.Select(p => p.Run.Key.CompanyId.Value).ToArray() });
        to.Add(new() { Value = parts.Select(p => p.Run.Key.RunId.Value).ToArray() });
        to.Add(new() { Value = parts.Select(p => p.Run.Key.Fencing).ToArray() });
        to.Add(new() { Value = parts.Select(p => p.Run.Key.Owner).ToArray() });
        to.Add(new() { Value = parts.Select(p => p.Run.Attempt).ToArray() });
    }

    private static void AddEvents(NpgsqlParameterCollection to, List<(int Part, JournalEntry Entry)> entries)
    {
        to.Add(new() { Value = entries.Select(e => e.Part).ToArray() });
        to.Add(new() { Value = entries.Select(e => e.Entry.At.UtcDateTime).ToArray() });
        to.Add(new() { Value = entries.Select(e => e.Entry.Type).ToArray() });
        to.Add(new() { Value = entries.Select(e => Printable(e.Entry.Message)).ToArray() });
        to.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. entries.Select(e => e.Entry.Json)] });
    }

    private static void AddSteps(NpgsqlParameterCollection to, List<(int Part, StepFinishedEvent Step)> steps)
    {
        to.Add(new() { Value = steps.Select(s => s.Part).ToArray() });
        to.Add(new() { Value = steps.Select(s => s.Step.Ordinal).ToArray() });
        to.Add(new() { Value = steps.Select(s => Printable(s.Step.Title)).ToArray() });
        to.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Step.Tool is { } tool ? ProtocolText.Clip(Printable(tool), 200) : null)] });
        to.Add(new() { Value = steps.Select(s => SnakeCase.Of(Status(s.Step))).ToArray() });
        to.Add(new() { Value = steps.Select(s => s.Step.At.AddMilliseconds(-s.Step.DurationMs).UtcDateTime).ToArray() });
        to.Add(new() { Value = steps.Select(s => s.Step.At.UtcDateTime).ToArray() });
        to.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Step.Error is { } error ? Printable(error.Message) : null)] });
        to.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Step.Result is { } result ? Printable(result) : null)] });
        to.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. steps.Select(s => s.Step.SpanId)] });
    }

    private static StepStatus Status(StepFinishedEvent step) => step.Status switch
    {
        WorkerProtocol.StepStatus.Succeeded => StepStatus.Succeeded,
        WorkerProtocol.StepStatus.Failed => StepStatus.Failed,
        _ => StepStatus.Guidance,
    };

    /// <summary>PostgreSQL's text holds no NUL.</summary>
    private static string Printable(string text) => text.Replace('\0', '\uFFFD');
}
