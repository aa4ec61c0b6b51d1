using Agency.Data.Auditing;
using Agency.Data.Tenancy;
using Npgsql;

namespace Agency.Operations.Import;

/// <summary>What became of the file given at start.</summary>
/// <param name="Path">The file; null when there is none.</param>
/// <param name="Status">none, pending, imported or failed.</param>
/// <param name="At">When that was.</param>
/// <param name="Error">Why it was not imported.</param>
/// <param name="Outcome">What was imported.</param>
internal sealed record StartupImportState(string? Path, string Status, DateTimeOffset? At, string? Error, ImportOutcome? Outcome)
{
    public static StartupImportState None { get; } = new(null, "none", null, null, null);
}

/// <summary>
/// Imports the file that <c>AGENCY_WORKFLOWS_FILE</c> names (default <c>.agent/agency_workflows.json</c> where there is one) once at start. Only ids that the
/// registry has never held are added. A bad file is reported, shown by get_startup_import, and the agency runs on.
/// </summary>
internal sealed partial class StartupImport(
    IConfiguration configuration, AgencyDatabase database, WorkflowImporter importer, TimeProvider time, ILogger<StartupImport> logger) : BackgroundService
{
    public const string Setting = "AGENCY_WORKFLOWS_FILE";

    /// <summary>Who imports, for histories and the audit log.</summary>
    private const string Actor = "the start-up";

    private const string DefaultFile = ".agent/agency_workflows.json";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = logger;
    private StartupImportState _state = StartupImportState.None;

    public StartupImportState State => Volatile.Read(ref _state);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                return;
            }
            catch (Exception e) when (e is NpgsqlException or Microsoft.EntityFrameworkCore.Storage.RetryLimitExceededException
                || e is InvalidOperationException { InnerException: NpgsqlException })
            {
                DatabaseDown(_logger, e);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
    }

    internal async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        var named = configuration[Setting];
        var path = Path.GetFullPath(string.IsNullOrWhiteSpace(named) ? DefaultFile : named);
        if (string.IsNullOrWhiteSpace(named) && !File.Exists(path))
        {
            return;
        }

        _state = new StartupImportState(path, "pending", time.Now(), null, null);
        string content;
        try
        {
            if (new FileInfo(path).Length > WorkflowFileReader.MaxBytes)
            {
                throw new IOException($"it is larger than {WorkflowFileReader.MaxBytes} bytes");
            }

            content = await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Report(path, $"It cannot be read: {e.Message}");
            return;
        }

        AuditCall.Begin(AuditActor.System(Actor), "operations", "import_workflows", path, arguments: null);
        await using var context = database.OpenAgency();
        var result = await importer.ImportAsync(context, boundTo: null, content, ImportMode.AddNew, Actor, cancellationToken);
        if (!result.IsSuccess)
        {
            Report(path, result.Error.Message);
            return;
        }

        _state = new StartupImportState(path, "imported", time.Now(), null, result.Value);
        Imported(_logger, path, result.Value.Added.Count, result.Value.Skipped, result.Value.CreatedClients.Count, string.Concat(result.Value.Warnings.Select(w => $" {w}")));
    }

    private void Report(string path, string error)
    {
        _state = new StartupImportState(path, "failed", time.Now(), error, null);
        Failed(_logger, path, error);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Workflows file {Path}: {Added} added, {Skipped} passed over, {Clients} clients created.{Warnings}")]
    private static partial void Imported(ILogger logger, string path, int added, int skipped, int clients, string warnings);

    [LoggerMessage(Level = LogLevel.Error, Message = "Workflows file {Path} was not imported; the agency runs on without it. {Error}")]
    private static partial void Failed(ILogger logger, string path, string error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The workflows file waits: the database does not answer.")]
    private static partial void DatabaseDown(ILogger logger, Exception exception);
}
