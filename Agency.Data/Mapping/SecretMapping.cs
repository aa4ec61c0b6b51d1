using Agency.Data.Secrets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class SecretMapping : IEntityTypeConfiguration<CompanySecret>, IEntityTypeConfiguration<Connector>
{
    public void Configure(EntityTypeBuilder<CompanySecret> builder)
    {
        builder.ToTable("company_secret");
        builder.HasKey(s => new { s.CompanyId, s.Name });
        builder.Property(s => s.Name).HasMaxLength(64);
        builder.Property(s => s.Origin).HasMaxLength(300);
        builder.Property(s => s.SetBy).HasMaxLength(200);
        builder.OfCompany(s => s.CompanyId);
    }

    public void Configure(EntityTypeBuilder<Connector> builder)
    {
        builder.ToTable("connector");
        builder.HasKey(c => new { c.CompanyId, c.Name });
        builder.Property(c => c.Name).HasMaxLength(64);
        builder.Property(c => c.Url).HasMaxLength(2000);
        builder.Property(c => c.Header).HasMaxLength(64);
        builder.Property(c => c.SetBy).HasMaxLength(200);
        builder.OfCompany(c => c.CompanyId);
        builder.HasOne<CompanySecret>().WithMany().HasForeignKey(c => new { c.CompanyId, c.SecretName }).OnDelete(DeleteBehavior.Restrict);
    }
}
