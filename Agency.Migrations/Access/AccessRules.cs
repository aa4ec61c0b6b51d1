namespace Agency.Migrations.Access;

/// <summary>
/// Who may read and write what. A table that is not listed here is closed to every service; a test compares the list with the schema. Functions reach further
/// with roles of their own: <see cref="ArchiveFunctions"/> hands Operations all rows of a client, and erases them.
/// </summary>
internal static class AccessRules
{
    public const string Operations = "operations";
    public const string Scheduler = "scheduler";
    public const string Context = "context";
    public const string Health = "health";

    /// <summary>The logins, by the role they hold. The scheduler serves no company's calls and has no tenant login.</summary>
    public static readonly string[] AgencyLogins = [$"{Operations}_agency", $"{Scheduler}_agency", $"{Context}_agency", $"{Health}_agency"];

    public static readonly string[] TenantLogins = [$"{Operations}_tenant", $"{Context}_tenant", $"{Health}_tenant"];

    public static readonly Table[] Tables =
    [
        new Table("company", Visibility.Company)
            .Allow(Context, "select, insert, update")
            .Allow(Operations, "select").Allow(Scheduler, "select").Allow(Health, "select"),
        new Table("company_terms", Visibility.Company)
            .Allow(Context, "select, insert, update")
            .Allow(Operations, "select").Allow(Health, "select"),

        new Table("company_profile", Visibility.CompanyOnly).Allow(Context, "select, insert, update"),
        new Table("document", Visibility.CompanyOnly).Allow(Context, "select, insert, update, delete"),
        new Table("document_chunk", Visibility.CompanyOnly).Allow(Context, "select, insert, update, delete"),
        new Table("memory", Visibility.CompanyOnly).Allow(Context, "select, insert, delete"),
        new Table("sop_override", Visibility.CompanyOnly).Allow(Context, "select, insert, update, delete"),

        // Kept by triggers and read by the search functions, which have a role of their own: no service touches it.
        new Table("search_term", Visibility.CompanyOnly),

        new Table("workflow", Visibility.Company)
            .Allow(Operations, "select, insert, update")
            .Allow(Scheduler, "select, update (next_run, failure_count, status, status_message, updated_at)")
            .Allow(Health, "select"),
        new Table("workflow_event", Visibility.Company)
            .Allow(Operations, "select, insert").Allow(Scheduler, "select, insert").Allow(Health, "select"),

        // Operations asks for a run by inserting it and for its end by a mark; only the scheduler changes it.
        new Table("run", Visibility.Company)
            .Allow(Scheduler, "select, insert, update")
            .Allow(Operations, "select, insert, update (cancel_requested_at, cancel_reason)").Allow(Health, "select"),

        // Kept by triggers on the table before: no service writes them.
        new Table("queued_run", Visibility.Company).Allow(Scheduler, "select").Allow(Operations, "select").Allow(Health, "select"),
        new Table("started_run", Visibility.Company).Allow(Scheduler, "select").Allow(Operations, "select").Allow(Health, "select"),

        new Table("run_step", Visibility.Company)
            .Allow(Scheduler, "select, insert, update").Allow(Operations, "select").Allow(Health, "select"),
        new Table("run_event", Visibility.Company)
            .Allow(Scheduler, "select, insert").Allow(Operations, "select").Allow(Health, "select"),

        new Table("excluded_date", Visibility.Company)
            .Allow(Operations, "select, insert, update, delete").Allow(Scheduler, "select").Allow(Health, "select"),
        new Table("work_hold", Visibility.Agency)
            .Allow(Operations, "select, insert, update (ends_at, lifted_by)")
            .Allow(Scheduler, "select").Allow(Health, "select").Allow(Context, "select"),
        new Table("company_share", Visibility.Agency).Allow(Scheduler, "select, insert, update"),
        new Table("finding", Visibility.Agency)
            .Allow(Scheduler, "select, insert, update").Allow(Operations, "select").Allow(Health, "select"),

        new Table("escalation", Visibility.Company)
            .Allow(Operations, "select, insert, update").Allow(Scheduler, "select, insert").Allow(Health, "select"),
        new Table("report", Visibility.Company).Allow(Operations, "select, insert"),
        new Table("notification", Visibility.Company)
            .Allow(Operations, "select, insert, update (dispatched_at)")
            .Allow(Scheduler, "select, insert").Allow(Context, "select, insert").Allow(Health, "select, insert"),
        new Table("notification_delivery", Visibility.Company).Allow(Operations, "select, insert, update"),

        new Table("metric_sample", Visibility.Company).Allow(Health, "select, insert"),
        new Table("alert_rule", Visibility.Company).Allow(Health, "select, insert, update, delete").Allow(Operations, "select"),
        new Table("alert", Visibility.Company).Allow(Health, "select, insert, update").Allow(Operations, "select"),

        // Ciphertexts only; the scheduler marks the use.
        new Table("company_secret", Visibility.Company)
            .Allow(Operations, "select, insert, update, delete").Allow(Scheduler, "select, update (last_used_at)"),
        new Table("connector", Visibility.Company).Allow(Operations, "select, insert, update, delete").Allow(Scheduler, "select"),

        new Table("issued_token", Visibility.Agency).Allow(Operations, "select, insert, delete"),
        new Table("sign_in_code", Visibility.Agency).Allow(Operations, "select, insert, update, delete"),

        // The authorization server's clients, and what they were granted.
        new Table("oauth_client", Visibility.Agency).Allow(Operations, "select, insert, update, delete"),
        new Table("oauth_authorization", Visibility.Agency).Allow(Operations, "select, insert, update, delete"),
        new Table("oauth_token", Visibility.Agency).Allow(Operations, "select, insert, update, delete"),
        new Table("oauth_scope", Visibility.Agency).Allow(Operations, "select"),
        new Table("agency_flag", Visibility.Agency).Allow(Operations, "select, insert"),

        // Written by erase_client.
        new Table("erased_company", Visibility.Agency).Allow(Operations, "select"),

        // Written by append_audit alone, which every server but the scheduler may call. Clients see their own log in their export.
        new Table("audit_log", Visibility.Agency).Allow(Operations, "select"),
        new Table("audit_head", Visibility.Agency).Allow(Operations, "select"),
        new Table("revoked_token", Visibility.Everyone)
            .Allow(Operations, "select, insert, delete").Allow(Scheduler, "select").Allow(Context, "select").Allow(Health, "select"),
    ];
}
