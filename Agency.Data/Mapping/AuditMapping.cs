using Agency.Data.Auditing;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

/// <summary>No foreign keys: an entry may outlive what it speaks of, and an append must not wait for a company's row.</summary>
internal sealed class AuditMapping : IEntityTypeConfiguration<AuditEntry>, IEntityTypeConfiguration<AuditHead>
{
    private const string ChainIsCompany = "chain = coalesce(company_id, '*')";

    public void Configure(EntityTypeBuilder<AuditEntry> builder)
    {
        builder.ToTable("audit_log", t =>
        {
            t.HasCheckConstraint("audit_log_chain", ChainIsCompany);
            t.HasCheckConstraint("audit_log_hashes", "octet_length(hash) = 32 and octet_length(previous_hash) = 32");
        });
        builder.HasKey(e => new { e.Chain, e.Seq });
        builder.Property(e => e.Seq).ValueGeneratedNever();
        builder.Property(e => e.Chain).HasMaxLength(64);
        builder.Property(e => e.Actor).HasMaxLength(200);
        builder.Property(e => e.Role).HasMaxLength(20);
        builder.Property(e => e.TokenId).HasMaxLength(200);
        builder.Property(e => e.Server).HasMaxLength(30);
        builder.Property(e => e.Action).HasMaxLength(200);
        builder.Property(e => e.Target).HasMaxLength(400);
        builder.Property(e => e.Outcome).HasMaxLength(32);
        builder.Property(e => e.Error).HasMaxLength(500);
        builder.Property(e => e.TraceId).HasMaxLength(64);
        builder.HasIndex(e => new { e.At, e.Chain, e.Seq });
        builder.HasIndex(e => new { e.Chain, e.At, e.Seq });
    }

    public void Configure(EntityTypeBuilder<AuditHead> builder)
    {
        builder.ToTable("audit_head", t => t.HasCheckConstraint("audit_head_chain", ChainIsCompany));
        builder.HasKey(h => h.Chain);
        builder.Property(h => h.Chain).HasMaxLength(64);
    }
}
