using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Erased : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "erased_company",
                schema: "agency",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    erased_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_erased_company", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_log_chain_at_seq",
                schema: "agency",
                table: "audit_log",
                columns: new[] { "chain", "at", "seq" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "erased_company",
                schema: "agency");

            migrationBuilder.DropIndex(
                name: "ix_audit_log_chain_at_seq",
                schema: "agency",
                table: "audit_log");
        }
    }
}
