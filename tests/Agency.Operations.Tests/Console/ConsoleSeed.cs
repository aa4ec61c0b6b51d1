namespace Agency.Operations.Tests.Console;

/// <summary>An agency with something of everything to look at, written past the services.</summary>
internal sealed class ConsoleSeed(OperationsFixture operations)
{
    public const string Client = "acme-demo";
    public const string OddName = "<script>alert('1')</script> 株式会社";

    /// <summary>The run that failed in two attempts.</summary>
    public Guid FailedRun { get; } = Guid.CreateVersion7();

    public Guid Report { get; } = Guid.CreateVersion7();

    public async Task WriteAsync()
    {
        var database = operations.Database;
        await database.AddCompanyAsync(Client, "Acme Demo Ltd");
        await database.AddCompanyAsync("odd", OddName);
        await WorkflowAsync("weekly-report", "weekly_reporting", "0 9 * * 1", "active", 0);
        await WorkflowAsync("partner-feed", "partner_feed_import", "* * * * *", "escalated", 3);
        await WorkflowAsync("context-refresh", "context_refresh", "*/15 * * * *", "paused", 1);
        await database.ExecuteAsync(
            "insert into agency.workflow (company_id, workflow_id, type, status, max_attempts, retry_initial_seconds, retry_factor, retry_max_seconds, timeout_seconds, created_at, updated_at) values ('odd', 'on-demand', 'context_refresh', 'completed', 3, 30, 2, 3600, 600, now(), now())");
        await RunAsync(Guid.CreateVersion7(), "weekly-report", "succeeded", attempt: 1, seconds: 4.25, summary: "Report of week 47 made: 2 files");
        await RunAsync(FailedRun, "partner-feed", "failed", attempt: 2, seconds: 1.5, errorKind: "transient", error: "The partner's server answered 503 Service Unavailable.");
        await RunAsync(Guid.CreateVersion7(), "context-refresh", "skipped", attempt: 0, seconds: 0, skip: "the earlier run was still open");
        await RunAsync(Guid.CreateVersion7(), "context-refresh", "queued", attempt: 1, seconds: 0.8, errorKind: "timeout", error: "No answer within 600 s.");
        await StepAsync(1, 1, "Read the feed's profile", "context.get_company_profile", "succeeded", 0, 120, result: "{\"name\":\"Acme Demo Ltd\"}");
        await StepAsync(1, 2, "Think about what is needed", null, "guidance", 120, 120);
        await StepAsync(1, 3, "Fetch the feed", "context.load_company_context", "failed", 130, 900, error: "503 Service Unavailable");
        await StepAsync(2, 1, "Read the feed's profile", "context.get_company_profile", "succeeded", 5000, 5090, result: "{\"name\":\"Acme Demo Ltd\"}");
        await StepAsync(2, 3, "Fetch the feed", "context.load_company_context", "failed", 5100, 5600, error: "503 Service Unavailable");
        foreach (var (attempt, type, message) in ((int, string, string)[])
            [(1, "claimed", "Claimed by scheduler-1."), (1, "retry_scheduled", "Tried again in 5 s."), (2, "claimed", "Claimed by scheduler-1."), (2, "failed", "All 2 attempts failed.")])
        {
            await database.ExecuteAsync(
                "insert into agency.run_event (company_id, run_id, attempt, at, type, message) values ($1, $2, $3, now() - interval '2 minutes', $4, $5)",
                Client, FailedRun, attempt, type, message);
        }

        await EscalationsAsync();
        await WatchAsync();
        await database.ExecuteAsync(
            "insert into agency.report (company_id, report_id, kind, period_start, period_end, title, markdown, pdf, created_at, created_by) values ($1, $2, 'weekly', now() - interval '7 days', now(), 'Weekly report, week 47', '# Week 47', '%PDF-1.7 test'::bytea, now(), 'run')",
            Client, Report);
    }

    public Task RunAsync(
        Guid id, string workflow, string status, int attempt, double seconds, string? errorKind = null, string? error = null, string? summary = null, string? skip = null) =>
        operations.Database.ExecuteAsync(
            """
            insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, attempt, available_at, created_at, started_at, finished_at, run_seconds, error_kind, error_message, summary, skip_reason)
            values ($1, $2, $3, 'scheduled', clock_timestamp() - interval '3 minutes', $4, $5, now() + interval '1 hour', clock_timestamp(), now() - interval '3 minutes',
                case when $4 = 'queued' then null else now() - interval '1 minute' end, $6, nullif($7, ''), nullif($8, ''), nullif($9, ''), nullif($10, ''))
            """,
            Client, id, workflow, status, attempt, seconds, errorKind ?? "", error ?? "", summary ?? "", skip ?? "");

    private Task WorkflowAsync(string id, string type, string schedule, string status, int failures) => operations.Database.ExecuteAsync(
        """
        insert into agency.workflow (company_id, workflow_id, type, status, schedule, time_zone, next_run, last_run, failure_count, max_attempts, retry_initial_seconds, retry_factor, retry_max_seconds, timeout_seconds, created_at, updated_at)
        values ($1, $2, $3, $4, $5, 'Europe/Berlin', now() + interval '4 hours', now() - interval '3 minutes', $6, 2, 5, 2, 3600, 600, now(), now())
        """,
        Client, id, type, status, schedule, failures);

    private Task StepAsync(int attempt, int ordinal, string title, string? tool, string status, int from, int to, string? error = null, string? result = null) =>
        operations.Database.ExecuteAsync(
            """
            insert into agency.run_step (company_id, run_id, attempt, ordinal, title, tool, status, started_at, finished_at, error, result)
            values ($1, $2, $3, $4, $5, nullif($6, ''), $7, timestamptz '2026-11-23 09:00Z' + $8 * interval '1 ms', timestamptz '2026-11-23 09:00Z' + $9 * interval '1 ms', nullif($10, ''), nullif($11, ''))
            """,
            Client, FailedRun, attempt, ordinal, title, tool ?? "", status, from, to, error ?? "", result ?? "");

    private async Task EscalationsAsync()
    {
        var database = operations.Database;
        await database.ExecuteAsync(
            "insert into agency.escalation (company_id, escalation_id, workflow_id, run_id, source, reason, status, opened_at, opened_by) values ($1, $2, 'partner-feed', $3, 'failures', 'Failed 3 times in a row: 503 Service Unavailable', 'open', now() - interval '1 minute', 'scheduler')",
            Client, Guid.CreateVersion7(), FailedRun);
        await database.ExecuteAsync(
            "insert into agency.escalation (company_id, escalation_id, source, reason, status, opened_at, opened_by, acknowledged_at, acknowledged_by) values ('odd', $1, 'requested', 'Contract is to be renewed', 'acknowledged', now() - interval '2 days', 'agent', now() - interval '5 hours', 'maria')",
            Guid.CreateVersion7());
        await NotificationAsync("Workflow acme-demo/partner-feed escalated", ("slack", "delivered", ""), ("email", "failed", "550 mailbox unavailable"));
        await NotificationAsync("Alert: SLA below 90 %", ("none", "not_configured", ""));
    }

    private async Task WatchAsync()
    {
        var database = operations.Database;
        await database.ExecuteAsync("""
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, ends_at, reason, created_by, created_at) values
                (gen_random_uuid(), $1, 'pause', now() - interval '3 hours', null, 'Acme changes its systems', 'maria', now() - interval '3 hours'),
                (gen_random_uuid(), null, 'maintenance', now() + interval '5 hours', now() + interval '7 hours', 'Database upgrade', 'maria', now()),
                (gen_random_uuid(), 'odd', 'pause', now() - interval '3 hours', now() - interval '2 hours', 'Long over', 'maria', now() - interval '3 hours')
            """, Client);
        await database.ExecuteAsync("""
            insert into agency.finding (finding_id, kind, company_id, subject, message, opened_at, seen_at, closed_at) values
                (gen_random_uuid(), 'stuck_run', $1, $2, 'Attempt 2 executes since 09:00 UTC, longer than the 600 s it may.', now() - interval '20 minutes', now(), null),
                (gen_random_uuid(), 'queue_grows', null, '', 'Runs of 2 clients wait for a worker.', now() - interval '10 minutes', now(), null),
                (gen_random_uuid(), 'overdue_workflow', 'odd', 'on-demand', 'Nobody had planned it.', now() - interval '1 day', now() - interval '1 day', now() - interval '23 hours')
            """, Client, FailedRun.ToString());
    }

    private async Task NotificationAsync(string subject, params (string Channel, string Status, string Error)[] deliveries)
    {
        var id = Guid.CreateVersion7();
        await operations.Database.ExecuteAsync(
            "insert into agency.notification (company_id, notification_id, kind, subject, body, created_at, dispatched_at) values ($1, $2, 'workflow_escalated', $3, '', now(), now())",
            Client, id, subject);
        foreach (var (channel, status, error) in deliveries)
        {
            await operations.Database.ExecuteAsync(
                "insert into agency.notification_delivery (company_id, notification_id, channel, status, attempts, available_at, last_error) values ($1, $2, $3, $4, 1, now(), nullif($5, ''))",
                Client, id, channel, status, error);
        }
    }
}
