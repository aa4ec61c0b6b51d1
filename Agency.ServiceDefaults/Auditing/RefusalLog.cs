using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.RateLimiting;
using Agency.Data;
using Agency.Data.Auditing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.Auditing;

/// <summary>
/// Entries for calls that changed nothing. Nothing is ever deleted from the log, so a client's tokens cannot be allowed to fill it: of each client so many are
/// written a minute, and then, once a minute, how many more there were. The agency's own people are written one by one.
/// </summary>
internal sealed partial class RefusalLog(AuditLog log, TimeProvider time, ILogger<RefusalLog> logger) : BackgroundService
{
    /// <summary>Entries of one client in a minute, on each server.</summary>
    public const int PerMinute = 30;

    /// <summary>The action of an entry that stands for several.</summary>
    public const string FurtherCalls = "further_calls";

    /// <summary>Characters of JSON: what was refused need not be kept whole.</summary>
    private const int MaxArguments = 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly ILogger _logger = logger;
    private readonly ConcurrentDictionary<CompanyId, Uncounted> _further = [];

    private readonly PartitionedRateLimiter<CompanyId> _budget = PartitionedRateLimiter.Create<CompanyId, CompanyId>(
        company => RateLimitPartition.GetFixedWindowLimiter(company, _ => new FixedWindowRateLimiterOptions { PermitLimit = PerMinute, Window = Interval }));

    public async Task AppendAsync(AuditRecord record)
    {
        record = record with { Arguments = Short(record.Arguments) };
        if (record.Actor.Company is not { } company)
        {
            await log.AppendAsync(record);
            return;
        }

        using var lease = _budget.AttemptAcquire(company);
        if (lease.IsAcquired)
        {
            await log.AppendAsync(record);
            return;
        }

        Count(company, Uncounted.Of(record));
    }

    /// <summary>Writes how many were not written since the last time; what cannot be written now is kept for the next.</summary>
    private async Task WriteFurtherAsync()
    {
        foreach (var company in _further.Keys)
        {
            if (_further.TryRemove(company, out var further))
            {
                try
                {
                    await log.RequireAsync(further.ToRecord());
                }
                catch (Exception e)
                {
                    NotWritten(_logger, e, company);
                    Count(company, further);
                }
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await WriteFurtherAsync();
    }

    public override void Dispose()
    {
        _budget.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await WriteFurtherAsync();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is written by the stop.
        }
    }

    private void Count(CompanyId company, Uncounted more) => _further.AddOrUpdate(company, more, (_, known) => known.And(more));

    private static string? Short(string? arguments) => arguments is { Length: > MaxArguments }
        ? string.Create(CultureInfo.InvariantCulture, $$"""{"left_out_chars":{{arguments.Length}}}""")
        : arguments;

    [LoggerMessage(Level = LogLevel.Error, Message = "How many more calls of {Company} changed nothing could not be written to the audit log; the next attempt is in a minute.")]
    private static partial void NotWritten(ILogger logger, Exception exception, CompanyId company);

    /// <param name="Latest">The last of them: it says who.</param>
    /// <param name="Denied">How many the caller was not allowed.</param>
    /// <param name="Failed">How many could not be done.</param>
    /// <param name="Unchanged">How many had nothing to change.</param>
    private sealed record Uncounted(AuditRecord Latest, long Denied, long Failed, long Unchanged)
    {
        public static Uncounted Of(AuditRecord record) => new(
            record, Of(record, AuditOutcome.Denied), Of(record, AuditOutcome.Failed), Of(record, AuditOutcome.Done));

        public Uncounted And(Uncounted later) => new(later.Latest, Denied + later.Denied, Failed + later.Failed, Unchanged + later.Unchanged);

        public AuditRecord ToRecord() => Latest with
        {
            Action = FurtherCalls,
            Target = null,
            Outcome = Denied > 0 ? AuditOutcome.Denied : Failed > 0 ? AuditOutcome.Failed : AuditOutcome.Done,
            Arguments = AuditJson.Write(new JsonObject { ["denied"] = Denied, ["failed"] = Failed, ["unchanged"] = Unchanged }),
            Error = string.Create(
                CultureInfo.InvariantCulture, $"{Denied + Failed + Unchanged} more calls of this client changed nothing and are not listed: {PerMinute} a minute are."),
        };

        private static long Of(AuditRecord record, AuditOutcome outcome) => record.Outcome == outcome ? 1 : 0;
    }
}
