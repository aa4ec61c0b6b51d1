using System;
using System.Collections.Generic;
using System.Text.Json;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.EnsureSchema(
                name: "agency");

            migrationBuilder.CreateTable(
                name: "agency_flag",
                schema: "agency",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    set_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_agency_flag", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "company",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    time_zone = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    weight = table.Column<int>(type: "integer", nullable: false),
                    max_concurrent_runs = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    archived_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company", x => x.company_id);
                    table.CheckConstraint("company_id_is_slug", "company_id ~ '^[A-Za-z0-9_-]{1,64}$'");
                    table.CheckConstraint("company_max_concurrent_runs", "max_concurrent_runs between 1 and 1000");
                    table.CheckConstraint("company_weight", "weight between 1 and 1000");
                });

            migrationBuilder.CreateTable(
                name: "issued_token",
                schema: "agency",
                columns: table => new
                {
                    token_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_issued_token", x => x.token_id);
                });

            migrationBuilder.CreateTable(
                name: "revoked_token",
                schema: "agency",
                columns: table => new
                {
                    token_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    revoked_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_revoked_token", x => x.token_id);
                });

            migrationBuilder.CreateTable(
                name: "alert_rule",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    alert_rule_id = table.Column<Guid>(type: "uuid", nullable: false),
                    metric = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    comparison = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    threshold = table.Column<double>(type: "double precision", nullable: false),
                    window_minutes = table.Column<int>(type: "integer", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alert_rule", x => new { x.company_id, x.alert_rule_id });
                    table.ForeignKey(
                        name: "fk_alert_rule_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "company_profile",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    industry = table.Column<string>(type: "text", nullable: true),
                    website = table.Column<string>(type: "text", nullable: true),
                    summary = table.Column<string>(type: "text", nullable: true),
                    tone_of_voice = table.Column<string>(type: "text", nullable: true),
                    goals = table.Column<List<string>>(type: "text[]", nullable: false),
                    contacts = table.Column<JsonElement>(type: "jsonb", nullable: true),
                    attributes = table.Column<JsonElement>(type: "jsonb", nullable: true),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_profile", x => x.company_id);
                    table.ForeignKey(
                        name: "fk_company_profile_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "company_terms",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    currency = table.Column<string>(type: "character varying(3)", maxLength: 3, nullable: false),
                    monthly_fee = table.Column<decimal>(type: "numeric(18,4)", precision: 18, scale: 4, nullable: false),
                    fee_per_successful_run = table.Column<decimal>(type: "numeric(18,4)", precision: 18, scale: 4, nullable: false),
                    sla_minutes = table.Column<int>(type: "integer", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_terms", x => x.company_id);
                    table.CheckConstraint("company_terms_sla", "sla_minutes > 0");
                    table.ForeignKey(
                        name: "fk_company_terms_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "document",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    document_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    title = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    media_type = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    content = table.Column<string>(type: "text", nullable: false),
                    content_hash = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_document", x => new { x.company_id, x.document_id });
                    table.ForeignKey(
                        name: "fk_document_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "memory",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    memory_id = table.Column<Guid>(type: "uuid", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    tags = table.Column<List<string>>(type: "text[]", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_memory", x => new { x.company_id, x.memory_id });
                    table.ForeignKey(
                        name: "fk_memory_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "metric_sample",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    sample_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    unit = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_metric_sample", x => new { x.company_id, x.sample_id });
                    table.ForeignKey(
                        name: "fk_metric_sample_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "notification",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    notification_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    subject = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    body = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    dispatched_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification", x => new { x.company_id, x.notification_id });
                    table.ForeignKey(
                        name: "fk_notification_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "report",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    report_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    period_start = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    period_end = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    title = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: false),
                    markdown = table.Column<string>(type: "text", nullable: false),
                    pdf = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    created_by = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_report", x => new { x.company_id, x.report_id });
                    table.CheckConstraint("report_pdf_size", "octet_length(pdf) <= 20971520");
                    table.ForeignKey(
                        name: "fk_report_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "sop_override",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    markdown = table.Column<string>(type: "text", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_sop_override", x => new { x.company_id, x.name });
                    table.ForeignKey(
                        name: "fk_sop_override_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "workflow",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    workflow_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    type = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    status_message = table.Column<string>(type: "text", nullable: true),
                    schedule = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    time_zone = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    next_run = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_run = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    failure_count = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    inputs = table.Column<JsonElement>(type: "jsonb", nullable: true),
                    max_attempts = table.Column<int>(type: "integer", nullable: false),
                    retry_initial_seconds = table.Column<int>(type: "integer", nullable: false),
                    retry_factor = table.Column<double>(type: "double precision", nullable: false),
                    retry_max_seconds = table.Column<int>(type: "integer", nullable: false),
                    timeout_seconds = table.Column<int>(type: "integer", nullable: false),
                    sla_minutes = table.Column<int>(type: "integer", nullable: true),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    deleted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    xmin = table.Column<uint>(type: "xid", rowVersion: true, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow", x => new { x.company_id, x.workflow_id });
                    table.CheckConstraint("workflow_attempts", "max_attempts between 1 and 100");
                    table.CheckConstraint("workflow_status", "status in ('active', 'paused', 'escalated', 'completed')");
                    table.ForeignKey(
                        name: "fk_workflow_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "alert",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    alert_id = table.Column<Guid>(type: "uuid", nullable: false),
                    alert_rule_id = table.Column<Guid>(type: "uuid", nullable: false),
                    value = table.Column<double>(type: "double precision", nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    fired_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    cleared_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_alert", x => new { x.company_id, x.alert_id });
                    table.ForeignKey(
                        name: "fk_alert_alert_rule_company_id_alert_rule_id",
                        columns: x => new { x.company_id, x.alert_rule_id },
                        principalSchema: "agency",
                        principalTable: "alert_rule",
                        principalColumns: new[] { "company_id", "alert_rule_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "document_chunk",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    document_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    heading = table.Column<string>(type: "text", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_document_chunk", x => new { x.company_id, x.document_id, x.ordinal });
                    table.ForeignKey(
                        name: "fk_document_chunk_document_company_id_document_id",
                        columns: x => new { x.company_id, x.document_id },
                        principalSchema: "agency",
                        principalTable: "document",
                        principalColumns: new[] { "company_id", "document_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "notification_delivery",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    notification_id = table.Column<Guid>(type: "uuid", nullable: false),
                    channel = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    attempts = table.Column<int>(type: "integer", nullable: false),
                    available_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_error = table.Column<string>(type: "text", nullable: true),
                    delivered_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_notification_delivery", x => new { x.company_id, x.notification_id, x.channel });
                    table.ForeignKey(
                        name: "fk_notification_delivery_notification_company_id_notification_",
                        columns: x => new { x.company_id, x.notification_id },
                        principalSchema: "agency",
                        principalTable: "notification",
                        principalColumns: new[] { "company_id", "notification_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "escalation",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    escalation_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workflow_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: true),
                    run_id = table.Column<Guid>(type: "uuid", nullable: true),
                    source = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    opened_by = table.Column<string>(type: "text", nullable: false),
                    acknowledged_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    acknowledged_by = table.Column<string>(type: "text", nullable: true),
                    resolved_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    resolved_by = table.Column<string>(type: "text", nullable: true),
                    resolution = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_escalation", x => new { x.company_id, x.escalation_id });
                    table.CheckConstraint("escalation_status", "status in ('open', 'acknowledged', 'resolved')");
                    table.ForeignKey(
                        name: "fk_escalation_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_escalation_workflow_company_id_workflow_id",
                        columns: x => new { x.company_id, x.workflow_id },
                        principalSchema: "agency",
                        principalTable: "workflow",
                        principalColumns: new[] { "company_id", "workflow_id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "run",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    workflow_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    trigger = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    scheduled_for = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    available_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    lease_owner = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    lease_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    fencing = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    run_seconds = table.Column<double>(type: "double precision", nullable: false, defaultValue: 0.0),
                    tool_calls = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    tokens = table.Column<long>(type: "bigint", nullable: false, defaultValue: 0L),
                    error_kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    error_message = table.Column<string>(type: "text", nullable: true),
                    summary = table.Column<string>(type: "text", nullable: true),
                    skip_reason = table.Column<string>(type: "text", nullable: true),
                    occurrences = table.Column<int>(type: "integer", nullable: false, defaultValue: 1),
                    scheduled_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    inputs = table.Column<JsonElement>(type: "jsonb", nullable: true),
                    idempotency_key = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    requested_by = table.Column<string>(type: "text", nullable: true),
                    trace_parent = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run", x => new { x.company_id, x.run_id });
                    table.CheckConstraint("run_lease", "(status = 'running') = (lease_owner is not null and lease_until is not null)");
                    table.CheckConstraint("run_skip_reason", "(status = 'skipped') = (skip_reason is not null)");
                    table.CheckConstraint("run_status", "status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'skipped')");
                    table.ForeignKey(
                        name: "fk_run_workflow_company_id_workflow_id",
                        columns: x => new { x.company_id, x.workflow_id },
                        principalSchema: "agency",
                        principalTable: "workflow",
                        principalColumns: new[] { "company_id", "workflow_id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "workflow_event",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    workflow_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    event_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    type = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    message = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_workflow_event", x => new { x.company_id, x.workflow_id, x.event_id });
                    table.ForeignKey(
                        name: "fk_workflow_event_workflow_company_id_workflow_id",
                        columns: x => new { x.company_id, x.workflow_id },
                        principalSchema: "agency",
                        principalTable: "workflow",
                        principalColumns: new[] { "company_id", "workflow_id" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "run_event",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    event_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    type = table.Column<string>(type: "character varying(50)", maxLength: 50, nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    data = table.Column<JsonElement>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_event", x => new { x.company_id, x.run_id, x.event_id });
                    table.ForeignKey(
                        name: "fk_run_event_run_company_id_run_id",
                        columns: x => new { x.company_id, x.run_id },
                        principalSchema: "agency",
                        principalTable: "run",
                        principalColumns: new[] { "company_id", "run_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "run_step",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    attempt = table.Column<int>(type: "integer", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    title = table.Column<string>(type: "text", nullable: false),
                    tool = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    status = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true),
                    result = table.Column<string>(type: "text", nullable: true),
                    span_id = table.Column<string>(type: "character varying(16)", maxLength: 16, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_step", x => new { x.company_id, x.run_id, x.attempt, x.ordinal });
                    table.ForeignKey(
                        name: "fk_run_step_run_company_id_run_id",
                        columns: x => new { x.company_id, x.run_id },
                        principalSchema: "agency",
                        principalTable: "run",
                        principalColumns: new[] { "company_id", "run_id" },
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_alert_company_id_fired_at",
                schema: "agency",
                table: "alert",
                columns: new[] { "company_id", "fired_at" });

            migrationBuilder.CreateIndex(
                name: "ux_alert_active",
                schema: "agency",
                table: "alert",
                columns: new[] { "company_id", "alert_rule_id" },
                unique: true,
                filter: "cleared_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_alert_rule_company_id_metric_comparison",
                schema: "agency",
                table: "alert_rule",
                columns: new[] { "company_id", "metric", "comparison" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_document_company_id_source",
                schema: "agency",
                table: "document",
                columns: new[] { "company_id", "source" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_escalation_opened_at",
                schema: "agency",
                table: "escalation",
                column: "opened_at");

            migrationBuilder.CreateIndex(
                name: "ux_escalation_unresolved",
                schema: "agency",
                table: "escalation",
                columns: new[] { "company_id", "workflow_id" },
                unique: true,
                filter: "source = 'failures' and status <> 'resolved'");

            migrationBuilder.CreateIndex(
                name: "ix_memory_company_id_created_at",
                schema: "agency",
                table: "memory",
                columns: new[] { "company_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_metric_sample_company_id_name_at",
                schema: "agency",
                table: "metric_sample",
                columns: new[] { "company_id", "name", "at" });

            migrationBuilder.CreateIndex(
                name: "ix_notification_new",
                schema: "agency",
                table: "notification",
                column: "created_at",
                filter: "dispatched_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_notification_delivery_pending",
                schema: "agency",
                table: "notification_delivery",
                column: "available_at",
                filter: "status = 'pending'");

            migrationBuilder.CreateIndex(
                name: "ix_report_company_id_created_at",
                schema: "agency",
                table: "report",
                columns: new[] { "company_id", "created_at" });

            migrationBuilder.CreateIndex(
                name: "ix_run_company_id_scheduled_for",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "scheduled_for" });

            migrationBuilder.CreateIndex(
                name: "ix_run_company_id_workflow_id_idempotency_key",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "workflow_id", "idempotency_key" },
                unique: true,
                filter: "idempotency_key is not null");

            migrationBuilder.CreateIndex(
                name: "ix_run_company_id_workflow_id_scheduled_for_trigger",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "workflow_id", "scheduled_for", "trigger" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_run_created_at",
                schema: "agency",
                table: "run",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_run_lease",
                schema: "agency",
                table: "run",
                column: "lease_until",
                filter: "status = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_run_open",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "workflow_id" },
                filter: "status in ('queued', 'running', 'waiting')");

            migrationBuilder.CreateIndex(
                name: "ix_run_queue",
                schema: "agency",
                table: "run",
                columns: new[] { "available_at", "run_id" },
                filter: "status = 'queued'");

            migrationBuilder.CreateIndex(
                name: "ix_workflow_due",
                schema: "agency",
                table: "workflow",
                column: "next_run",
                filter: "status = 'active' and deleted_at is null and next_run is not null");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "agency_flag",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "alert",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "company_profile",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "company_terms",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "document_chunk",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "escalation",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "issued_token",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "memory",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "metric_sample",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "notification_delivery",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "report",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "revoked_token",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "run_event",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "run_step",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "sop_override",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "workflow_event",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "alert_rule",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "document",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "notification",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "run",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "workflow",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "company",
                schema: "agency");
        }
    }
}
