using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class EventLogs : Migration
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
