using Microsoft.EntityFrameworkCore.Migrations;
using NpgsqlTypes;

#nullable disable

namespace Agency.Migrations.Schema
{
    /// <inheritdoc />
    public partial class Search : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "search_text",
                schema: "agency",
                table: "memory",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "search_text",
                schema: "agency",
                table: "document_chunk",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<NpgsqlTsVector>(
                name: "search",
                schema: "agency",
                table: "memory",
                type: "tsvector",
                nullable: true,
                computedColumnSql: "to_tsvector('pg_catalog.english'::regconfig, normalize(search_text, NFKC))",
                stored: true);

            migrationBuilder.AddColumn<NpgsqlTsVector>(
                name: "search",
                schema: "agency",
                table: "document_chunk",
                type: "tsvector",
                nullable: true,
                computedColumnSql: "to_tsvector('pg_catalog.english'::regconfig, normalize(search_text, NFKC))",
                stored: true);

            migrationBuilder.CreateTable(
                name: "search_term",
                schema: "agency",
                columns: table => new
                {
                    company_id = table.Column<string>(type: "character varying(64)", maxLength: 64, nullable: false),
                    corpus = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    lexeme = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    frequency = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_search_term", x => new { x.company_id, x.corpus, x.lexeme });
                    table.ForeignKey(
                        name: "fk_search_term_company_company_id",
                        column: x => x.company_id,
                        principalSchema: "agency",
                        principalTable: "company",
                        principalColumn: "company_id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_memory_search",
                schema: "agency",
                table: "memory",
                column: "search")
                .Annotation("Npgsql:IndexMethod", "gin");

            migrationBuilder.CreateIndex(
                name: "ix_document_chunk_search",
                schema: "agency",
                table: "document_chunk",
                column: "search")
                .Annotation("Npgsql:IndexMethod", "gin");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "search_term",
                schema: "agency");

            migrationBuilder.DropIndex(
                name: "ix_memory_search",
                schema: "agency",
                table: "memory");

            migrationBuilder.DropIndex(
                name: "ix_document_chunk_search",
                schema: "agency",
                table: "document_chunk");

            migrationBuilder.DropColumn(
                name: "search",
                schema: "agency",
                table: "memory");

            migrationBuilder.DropColumn(
                name: "search",
                schema: "agency",
                table: "document_chunk");

            migrationBuilder.DropColumn(
                name: "search_text",
                schema: "agency",
                table: "memory");

            migrationBuilder.DropColumn(
                name: "search_text",
                schema: "agency",
                table: "document_chunk");
        }
    }
}
