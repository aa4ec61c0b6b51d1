using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Outcomes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterTable(
                name: "started_run",
                schema: "agency")
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.AlterTable(
                name: "queued_run",
                schema: "agency")
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .Annotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.CreateIndex(
                name: "ix_workflow_failing",
                schema: "agency",
                table: "workflow",
                columns: new[] { "company_id", "workflow_id" },
                filter: "failure_count > 0");

            // Told from the runs from now on.
            migrationBuilder.Sql("""
                delete from agency.workflow_event e
                where e.type in ('succeeded', 'failed') and exists (
                    select from agency.run r
                    where r.company_id = e.company_id and r.workflow_id = e.workflow_id and r.finished_at = e.at and r.status = e.type)
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_workflow_failing",
                schema: "agency",
                table: "workflow");

            migrationBuilder.AlterTable(
                name: "started_run",
                schema: "agency")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);

            migrationBuilder.AlterTable(
                name: "queued_run",
                schema: "agency")
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_scale_factor", 0)
                .OldAnnotation("Npgsql:StorageParameter:autovacuum_vacuum_threshold", 1000);
        }
    }
}
