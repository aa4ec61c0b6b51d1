using Agency.Data.Context;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using NpgsqlTypes;

namespace Agency.Data.Mapping;

internal sealed class ContextMapping
    : IEntityTypeConfiguration<Document>, IEntityTypeConfiguration<DocumentChunk>, IEntityTypeConfiguration<Memory>,
        IEntityTypeConfiguration<SopOverride>, IEntityTypeConfiguration<SearchTerm>
{
    private const string SearchColumn = "Search";

    public void Configure(EntityTypeBuilder<Document> builder)
    {
        builder.ToTable("document");
        builder.HasKey(d => new { d.CompanyId, d.DocumentId });
        builder.HasIndex(d => new { d.CompanyId, d.Source }).IsUnique();
        builder.Property(d => d.Source).HasMaxLength(400);
        builder.Property(d => d.Title).HasMaxLength(400);
        builder.Property(d => d.MediaType).HasMaxLength(100);
        builder.Property(d => d.ContentHash).HasMaxLength(64);
        builder.OfCompany(d => d.CompanyId);
    }

    public void Configure(EntityTypeBuilder<DocumentChunk> builder)
    {
        builder.ToTable("document_chunk");
        builder.HasKey(c => new { c.CompanyId, c.DocumentId, c.Ordinal });
        builder.HasOne<Document>().WithMany().HasForeignKey(c => new { c.CompanyId, c.DocumentId }).OnDelete(DeleteBehavior.Cascade);
        IsSearched(builder);
    }

    public void Configure(EntityTypeBuilder<Memory> builder)
    {
        builder.ToTable("memory");
        builder.HasKey(m => new { m.CompanyId, m.MemoryId });
        builder.HasIndex(m => new { m.CompanyId, m.CreatedAt });
        builder.OfCompany(m => m.CompanyId);
        IsSearched(builder);
    }

    public void Configure(EntityTypeBuilder<SopOverride> builder)
    {
        builder.ToTable("sop_override");
        builder.HasKey(s => new { s.CompanyId, s.Name });
        builder.Property(s => s.Name).HasMaxLength(100);
        builder.OfCompany(s => s.CompanyId);
    }

    public void Configure(EntityTypeBuilder<SearchTerm> builder)
    {
        builder.ToTable("search_term");
        builder.HasKey(t => new { t.CompanyId, t.Corpus, t.Lexeme });
        builder.Property(t => t.Corpus).HasMaxLength(20);
        builder.Property(t => t.Lexeme).UseCollation("C");
        builder.OfCompany(t => t.CompanyId);
    }

    private static void IsSearched<TEntity>(EntityTypeBuilder<TEntity> builder)
        where TEntity : class
    {
        builder.Property<NpgsqlTsVector>(SearchColumn)
            .HasComputedColumnSql("to_tsvector('pg_catalog.english'::regconfig, normalize(search_text, NFKC))", stored: true);
        builder.HasIndex(SearchColumn).HasMethod("gin");
    }
}
