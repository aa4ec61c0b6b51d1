using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Scheduling : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "fk_run_event_run_company_id_run_id",
                schema: "agency",
                table: "run_event");

            migrationBuilder.DropForeignKey(
                name: "fk_workflow_event_workflow_company_id_workflow_id",
                schema: "agency",
                table: "workflow_event");

            migrationBuilder.DropIndex(
                name: "ix_run_company_id_scheduled_for",
                schema: "agency",
                table: "run");

            migrationBuilder.DropIndex(
                name: "ix_run_lease",
                schema: "agency",
                table: "run");

            migrationBuilder.DropIndex(
                name: "ix_run_queue",
                schema: "agency",
                table: "run");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "active_since",
                schema: "agency",
                table: "workflow",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "catch_up",
                schema: "agency",
                table: "workflow",
                type: "character varying(32)",
                maxLength: 32,
                nullable: false,
                defaultValue: "latest");

            migrationBuilder.AddColumn<int>(
                name: "catch_up_window_minutes",
                schema: "agency",
                table: "workflow",
                type: "integer",
                nullable: false,
                defaultValue: 10080);

            migrationBuilder.AddColumn<string>(
                name: "dst_gap",
                schema: "agency",
                table: "workflow",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "dst_overlap",
                schema: "agency",
                table: "workflow",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "end_at",
                schema: "agency",
                table: "workflow",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "jitter_seconds",
                schema: "agency",
                table: "workflow",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "max_concurrent_runs",
                schema: "agency",
                table: "workflow",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<string[]>(
                name: "non_retryable",
                schema: "agency",
                table: "workflow",
                type: "text[]",
                nullable: false,
                defaultValueSql: "'{}'");

            migrationBuilder.AddColumn<bool>(
                name: "observe_calendar",
                schema: "agency",
                table: "workflow",
                type: "boolean",
                nullable: false,
                defaultValue: true);

            migrationBuilder.AddColumn<string>(
                name: "overlap",
                schema: "agency",
                table: "workflow",
                type: "character varying(32)",
                maxLength: 32,
                nullable: false,
                defaultValue: "skip");

            migrationBuilder.AddColumn<int>(
                name: "priority",
                schema: "agency",
                table: "workflow",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "retry_deadline_seconds",
                schema: "agency",
                table: "workflow",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "retry_jitter",
                schema: "agency",
                table: "workflow",
                type: "double precision",
                nullable: false,
                defaultValue: 0.20000000000000001);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "schedule_set_at",
                schema: "agency",
                table: "workflow",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "start_at",
                schema: "agency",
                table: "workflow",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "cancel_reason",
                schema: "agency",
                table: "run",
                type: "character varying(1000)",
                maxLength: 1000,
                nullable: true);

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "cancel_requested_at",
                schema: "agency",
                table: "run",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "priority",
                schema: "agency",
                table: "run",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "company_share",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    virtual_time = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_share", x => x.company_id);
                    table.ForeignKey(
                        name: "fk_company_share_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "excluded_date",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    date = table.Column<DateOnly>(type: "date", nullable: false),
                    name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_excluded_date", x => new { x.company_id, x.date });
                    table.ForeignKey(
                        name: "fk_excluded_date_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "finding",
                schema: "agency",
                columns: table => new
                {
                    finding_id = table.Column<Guid>(type: "uuid", nullable: false),
                    kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    subject = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    message = table.Column<string>(type: "text", nullable: false),
                    opened_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    seen_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    closed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_finding", x => x.finding_id);
                    table.ForeignKey(
                        name: "fk_finding_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "work_hold",
                schema: "agency",
                columns: table => new
                {
                    hold_id = table.Column<Guid>(type: "uuid", nullable: false),
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    kind = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    reason = table.Column<string>(type: "character varying(1000)", maxLength: 1000, nullable: false),
                    created_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    lifted_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_work_hold", x => x.hold_id);
                    table.CheckConstraint("work_hold_period", "ends_at >= starts_at");
                    table.ForeignKey(
                        name: "fk_work_hold_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.AddCheckConstraint(
                name: "workflow_catch_up",
                schema: "agency",
                table: "workflow",
                sql: "catch_up in ('all', 'latest', 'none')");

            migrationBuilder.AddCheckConstraint(
                name: "workflow_concurrency",
                schema: "agency",
                table: "workflow",
                sql: "max_concurrent_runs >= 1");

            migrationBuilder.AddCheckConstraint(
                name: "workflow_overlap",
                schema: "agency",
                table: "workflow",
                sql: "overlap in ('skip', 'queue_one', 'queue_all', 'cancel_previous', 'allow')");

            migrationBuilder.AddCheckConstraint(
                name: "workflow_priority",
                schema: "agency",
                table: "workflow",
                sql: "priority between -100 and 100");

            migrationBuilder.AddCheckConstraint(
                name: "workflow_retry_jitter",
                schema: "agency",
                table: "workflow",
                sql: "retry_jitter between 0 and 1");

            migrationBuilder.AddCheckConstraint(
                name: "workflow_window",
                schema: "agency",
                table: "workflow",
                sql: "end_at > start_at");

            migrationBuilder.CreateIndex(
                name: "ix_run_cancel",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "run_id" },
                filter: "cancel_requested_at is not null and status in ('queued', 'running', 'waiting')");

            migrationBuilder.CreateIndex(
                name: "ix_run_queue",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "priority", "available_at", "run_id" },
                descending: new[] { false, true, false, false },
                filter: "status = 'queued'");

            migrationBuilder.CreateIndex(
                name: "ix_run_running",
                schema: "agency",
                table: "run",
                column: "company_id",
                filter: "status = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_finding_company_id",
                schema: "agency",
                table: "finding",
                column: "company_id");

            migrationBuilder.CreateIndex(
                name: "ix_finding_opened_at",
                schema: "agency",
                table: "finding",
                column: "opened_at");

            migrationBuilder.CreateIndex(
                name: "ux_finding_open",
                schema: "agency",
                table: "finding",
                columns: new[] { "kind", "company_id", "subject" },
                unique: true,
                filter: "closed_at is null")
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.CreateIndex(
                name: "ix_work_hold_company_id",
                schema: "agency",
                table: "work_hold",
                column: "company_id");

            migrationBuilder.CreateIndex(
                name: "ix_work_hold_ends_at",
                schema: "agency",
                table: "work_hold",
                column: "ends_at");

            // The queue is a small part of a table that only grows: looked after by the number of changes, not by their share. A workflow's row
            // is updated at every occurrence: room in its page keeps that from touching the indexes.
            migrationBuilder.Sql("""
                alter table agency.run set (
                    autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000,
                    autovacuum_analyze_scale_factor = 0.01, autovacuum_analyze_threshold = 1000);
                alter table agency.workflow set (fillfactor = 80);
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "company_share",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "excluded_date",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "finding",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "work_hold",
                schema: "agency");

            migrationBuilder.DropCheckConstraint(
                name: "workflow_catch_up",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropCheckConstraint(
                name: "workflow_concurrency",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropCheckConstraint(
                name: "workflow_overlap",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropCheckConstraint(
                name: "workflow_priority",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropCheckConstraint(
                name: "workflow_retry_jitter",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropCheckConstraint(
                name: "workflow_window",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropIndex(
                name: "ix_run_cancel",
                schema: "agency",
                table: "run");

            migrationBuilder.DropIndex(
                name: "ix_run_queue",
                schema: "agency",
                table: "run");

            migrationBuilder.DropIndex(
                name: "ix_run_running",
                schema: "agency",
                table: "run");

            migrationBuilder.DropColumn(
                name: "active_since",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "catch_up",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "catch_up_window_minutes",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "dst_gap",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "dst_overlap",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "end_at",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "jitter_seconds",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "max_concurrent_runs",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "non_retryable",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "observe_calendar",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "overlap",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "priority",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "retry_deadline_seconds",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "retry_jitter",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "schedule_set_at",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "start_at",
                schema: "agency",
                table: "workflow");

            migrationBuilder.DropColumn(
                name: "cancel_reason",
                schema: "agency",
                table: "run");

            migrationBuilder.DropColumn(
                name: "cancel_requested_at",
                schema: "agency",
                table: "run");

            migrationBuilder.DropColumn(
                name: "priority",
                schema: "agency",
                table: "run");

            migrationBuilder.CreateIndex(
                name: "ix_run_company_id_scheduled_for",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "scheduled_for" });

            migrationBuilder.CreateIndex(
                name: "ix_run_lease",
                schema: "agency",
                table: "run",
                column: "lease_until",
                filter: "status = 'running'");

            migrationBuilder.CreateIndex(
                name: "ix_run_queue",
                schema: "agency",
                table: "run",
                columns: new[] { "available_at", "run_id" },
                filter: "status = 'queued'");

            migrationBuilder.AddForeignKey(
                name: "fk_run_event_run_company_id_run_id",
                schema: "agency",
                table: "run_event",
                columns: new[] { "company_id", "run_id" },
                principalSchema: "agency",
                principalTable: "run",
                principalColumns: new[] { "company_id", "run_id" },
                onDelete: ReferentialAction.Cascade);

            migrationBuilder.AddForeignKey(
                name: "fk_workflow_event_workflow_company_id_workflow_id",
                schema: "agency",
                table: "workflow_event",
                columns: new[] { "company_id", "workflow_id" },
                principalSchema: "agency",
                principalTable: "workflow",
                principalColumns: new[] { "company_id", "workflow_id" },
                onDelete: ReferentialAction.Restrict);
        }
    }
}
