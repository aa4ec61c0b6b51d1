using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Audit : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "audit_head",
                schema: "agency",
                columns: table => new
                {
                    chain = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_head", x => x.chain);
                    table.CheckConstraint("audit_head_chain", "chain = coalesce(company_id, '*')");
                });

            migrationBuilder.CreateTable(
                name: "audit_log",
                schema: "agency",
                columns: table => new
                {
                    chain = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    actor = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    role = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    token_id = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: true),
                    server = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    action = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    target = table.Column<string>(type: "character varying(400)", maxLength: 400, nullable: true),
                    outcome = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: false),
                    arguments = table.Column<string>(type: "text", nullable: true),
                    before = table.Column<string>(type: "text", nullable: true),
                    after = table.Column<string>(type: "text", nullable: true),
                    error = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    trace_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: true),
                    previous_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_audit_log", x => new { x.chain, x.seq });
                    table.CheckConstraint("audit_log_chain", "chain = coalesce(company_id, '*')");
                    table.CheckConstraint("audit_log_hashes", "octet_length(hash) = 32 and octet_length(previous_hash) = 32");
                });

            migrationBuilder.CreateIndex(
                name: "ix_audit_log_at_chain_seq",
                schema: "agency",
                table: "audit_log",
                columns: new[] { "at", "chain", "seq" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_head",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "audit_log",
                schema: "agency");
        }
    }
}
