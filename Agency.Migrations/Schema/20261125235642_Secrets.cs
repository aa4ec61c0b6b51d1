using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Secrets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "company_secret",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    ciphertext = table.Column<byte[]>(type: "bytea", nullable: false),
                    origin = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: true),
                    set_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    set_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_company_secret", x => new { x.company_id, x.name });
                    table.ForeignKey(
                        name: "fk_company_secret_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "connector",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    name = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    url = table.Column<string>(type: "character varying(2000)", maxLength: 2000, nullable: false),
                    secret_name = table.Column<string>(type: "character varying(64)", nullable: true),
                    header = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    set_by = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    set_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_connector", x => new { x.company_id, x.name });
                    table.ForeignKey(
                        name: "fk_connector_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "fk_connector_company_secret_company_id_secret_name",
                        columns: x => new { x.company_id, x.secret_name },
                        principalSchema: "agency",
                        principalTable: "company_secret",
                        principalColumns: new[] { "company_id", "name" },
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_connector_company_id_secret_name",
                schema: "agency",
                table: "connector",
                columns: new[] { "company_id", "secret_name" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "connector",
                schema: "agency");

            migrationBuilder.DropTable(
                name: "company_secret",
                schema: "agency");
        }
    }
}
