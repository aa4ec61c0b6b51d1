using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class RunIndexes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_run_company_id_scheduled_for",
                schema: "agency",
                table: "run");

            migrationBuilder.DropIndex(
                name: "ix_run_lease",
                schema: "agency",
                table: "run");

            migrationBuilder.CreateIndex(
                name: "ix_run_running",
                schema: "agency",
                table: "run",
                column: "company_id",
                filter: "status = 'running'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_run_running",
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
        }
    }
}
