using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Queue : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_run_cancel",
                schema: "agency",
                table: "run");

            migrationBuilder.DropIndex(
                name: "ix_run_open",
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

            migrationBuilder.AlterTable(
                name: "workflow",
                schema: "agency")
                .Annotation("Npgsql:StorageParameter:fillfactor", 80);

            migrationBuilder.AlterTable(
                name: "run",
                schema: "agency")
                .Annotation("Npgsql:StorageParameter:fillfactor", 60);

            migrationBuilder.CreateTable(
                name: "queued_run",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    workflow_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    priority = table.Column<int>(type: "integer", nullable: false),
                    available_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    scheduled_for = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    retried = table.Column<bool>(type: "boolean", nullable: false),
                    cancel_requested = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_queued_run", x => new { x.company_id, x.workflow_id, x.run_id });
                });

            migrationBuilder.CreateTable(
                name: "started_run",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    workflow_id = table.Column<string>(type: "character varying(128)", maxLength: 128, nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    waiting = table.Column<bool>(type: "boolean", nullable: false),
                    cancel_requested = table.Column<bool>(type: "boolean", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_started_run", x => new { x.company_id, x.workflow_id, x.run_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_run_run_id",
                schema: "agency",
                table: "run",
                column: "run_id");

            migrationBuilder.CreateIndex(
                name: "ix_queued_run_cancel",
                schema: "agency",
                table: "queued_run",
                columns: new[] { "company_id", "run_id" },
                filter: "cancel_requested");

            migrationBuilder.CreateIndex(
                name: "ix_queued_run_retried",
                schema: "agency",
                table: "queued_run",
                columns: new[] { "company_id", "workflow_id" },
                filter: "retried");

            migrationBuilder.CreateIndex(
                name: "ix_queued_run_turn",
                schema: "agency",
                table: "queued_run",
                columns: new[] { "company_id", "priority", "available_at", "run_id" },
                descending: new[] { false, true, false, false });

            // What is there already; triggers keep it from here on.
            migrationBuilder.Sql("""
                insert into agency.queued_run (company_id, workflow_id, run_id, priority, available_at, scheduled_for, retried, cancel_requested)
                select company_id, workflow_id, run_id, priority, available_at, scheduled_for, attempt > 0, cancel_requested_at is not null
                from agency.run where status = 'queued';
                insert into agency.started_run (company_id, workflow_id, run_id, waiting, cancel_requested)
                select company_id, workflow_id, run_id, status = 'waiting', cancel_requested_at is not null
                from agency.run where status in ('running', 'waiting');
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "queued_run",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "started_run",
                schema: "agency");

            migrationBuilder.DropIndex(
                name: "ix_run_run_id",
                schema: "agency",
                table: "run");

            migrationBuilder.AlterTable(
                name: "workflow",
                schema: "agency")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 80);

            migrationBuilder.AlterTable(
                name: "run",
                schema: "agency")
                .OldAnnotation("Npgsql:StorageParameter:fillfactor", 60);

            migrationBuilder.CreateIndex(
                name: "ix_run_cancel",
                schema: "agency",
                table: "run",
                columns: new[] { "company_id", "run_id" },
                filter: "cancel_requested_at is not null and status in ('queued', 'running', 'waiting')");

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
                columns: new[] { "company_id", "priority", "available_at", "run_id" },
                descending: new[] { false, true, false, false },
                filter: "status = 'queued'");

            migrationBuilder.CreateIndex(
                name: "ix_run_running",
                schema: "agency",
                table: "run",
                column: "company_id",
                filter: "status = 'running'");
        }
    }
}
