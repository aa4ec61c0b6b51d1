namespace Agency.Testing;

/// <summary>A row in every table that can hold something of a client. A new table belongs here: tests of export, erasure and isolation go by the schema and ask for it.</summary>
public static class ClientRows
{
    /// <summary>A memory's text, so that it can be found.</summary>
    public const string Memory = "株式会社 remembers this";

    /// <summary>Adds them for a client that is there; what the rows stand on is added where it is missing.</summary>
    public static async Task AddClientRowsAsync(this AgencyTestDatabase database, string client)
    {
        ArgumentNullException.ThrowIfNull(database);
        foreach (var sql in All)
        {
            await database.ExecuteAsync(sql, client);
        }
    }

    private static readonly string[] All =
    [
        """
        insert into agency.workflow (company_id, workflow_id, type, status, created_at, updated_at, max_attempts, retry_initial_seconds, retry_factor,
                                     retry_max_seconds, timeout_seconds)
        values ($1, 'w-' || $1, 't', 'active', now(), now(), 3, 30, 2, 3600, 60) on conflict do nothing
        """,
        """
        insert into agency.document (company_id, document_id, source, title, media_type, content, content_hash, created_at, updated_at)
        values ($1, md5($1 || 'd')::uuid, '../../guide.md', 'Guide', 'text/markdown', '# Guide of ' || $1, '', now(), now())
        """,
        """
        insert into agency.document_chunk (company_id, document_id, ordinal, heading, text, search_text)
        values ($1, md5($1 || 'd')::uuid, 0, 'Guide', 'words', 'some words')
        """,
        $"""
        insert into agency.memory (company_id, memory_id, text, search_text, tags, created_at)
        values ($1, gen_random_uuid(), '{Memory}', 'remembers', array[]::text[], now())
        """,
        "insert into agency.sop_override (company_id, name, markdown, updated_at) values ($1, 'own', '# Own', now())",
        """
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at)
        values ($1, md5($1 || 'r')::uuid, 'w-' || $1, 'scheduled', now(), 'queued', now(), now())
        """,
        """
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, available_at, created_at)
        values ($1, md5($1 || 'started')::uuid, 'w-' || $1, 'manual', now(), 'waiting', now(), now())
        """,
        """
        insert into agency.run_step (company_id, run_id, attempt, ordinal, title, status, started_at, finished_at)
        values ($1, md5($1 || 'r')::uuid, 1, 1, 'Step', 'succeeded', now(), now())
        """,
        "insert into agency.run_event (company_id, run_id, attempt, at, type, message) values ($1, md5($1 || 'r')::uuid, 1, now(), 'note', 'm')",
        "insert into agency.excluded_date (company_id, date, name) values ($1, '2030-01-01', 'New year')",
        """
        insert into agency.work_hold (hold_id, company_id, kind, starts_at, ends_at, reason, created_by, created_at)
        values (gen_random_uuid(), $1, 'pause', now(), now(), 'r', 'x', now())
        """,
        """
        insert into agency.company_secret (company_id, name, ciphertext, set_by, set_at) values ($1, 'crm', 'c'::bytea, 'x', now())
        """,
        """
        insert into agency.connector (company_id, name, url, secret_name, header, set_by, set_at)
        values ($1, 'crm', 'https://crm.example.com/mcp', 'crm', 'Authorization', 'x', now())
        """,
        "insert into agency.company_share (company_id, virtual_time) values ($1, 1)",
        "insert into agency.finding (finding_id, company_id, kind, subject, message, opened_at, seen_at) values (gen_random_uuid(), $1, 'stuck_run', 's', 'm', now(), now())",
        """
        insert into agency.escalation (company_id, escalation_id, workflow_id, source, reason, status, opened_at, opened_by)
        values ($1, gen_random_uuid(), 'w-' || $1, 'manual', 'r', 'open', now(), 'x')
        """,
        """
        insert into agency.report (company_id, report_id, kind, title, period_start, period_end, created_at, created_by, markdown, pdf)
        values ($1, md5($1 || 'p')::uuid, 'weekly', 'Report', now(), now(), now(), 'x', '# Report of ' || $1, decode(repeat('25504446', 40), 'hex'))
        """,
        "insert into agency.notification (company_id, notification_id, kind, subject, body, created_at, dispatched_at) values ($1, md5($1 || 'n')::uuid, 'k', 's', 'b', now(), now())",
        """
        insert into agency.notification_delivery (company_id, notification_id, channel, status, attempts, available_at)
        values ($1, md5($1 || 'n')::uuid, 'email', 'delivered', 1, now())
        """,
        "insert into agency.metric_sample (company_id, name, at, value) values ($1, 'leads', now(), 1)",
        """
        insert into agency.alert_rule (company_id, alert_rule_id, metric, comparison, threshold, window_minutes, created_at)
        values ($1, md5($1 || 'a')::uuid, 'leads', 'below', 1, 60, now())
        """,
        """
        insert into agency.alert (company_id, alert_id, alert_rule_id, value, message, fired_at)
        values ($1, gen_random_uuid(), md5($1 || 'a')::uuid, 0, 'm', now())
        """,
    ];
}
