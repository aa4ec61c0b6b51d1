using Agency.Data.Companies;
using Agency.Data.Context;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class CompanyMapping
    : IEntityTypeConfiguration<Company>, IEntityTypeConfiguration<CompanyTerms>, IEntityTypeConfiguration<CompanyProfile>, IEntityTypeConfiguration<ErasedCompany>
{
    public void Configure(EntityTypeBuilder<Company> builder)
    {
        builder.ToTable("company", t =>
        {
            t.HasCheckConstraint("company_id_is_slug", "company_id ~ '^[A-Za-z0-9_-]{1,64}$'");
            t.HasCheckConstraint("company_weight", "weight between 1 and 1000");
            t.HasCheckConstraint("company_max_concurrent_runs", "max_concurrent_runs between 1 and 1000");
        });
        builder.HasKey(c => c.CompanyId);
        builder.Property(c => c.Name).HasMaxLength(200);
        builder.Property(c => c.TimeZone).HasMaxLength(64);
    }

    public void Configure(EntityTypeBuilder<CompanyTerms> builder)
    {
        builder.ToTable("company_terms", t => t.HasCheckConstraint("company_terms_sla", "sla_minutes > 0"));
        builder.HasKey(c => c.CompanyId);
        builder.Property(c => c.Currency).HasMaxLength(3);
        builder.Property(c => c.MonthlyFee).HasPrecision(18, 4);
        builder.Property(c => c.FeePerSuccessfulRun).HasPrecision(18, 4);
        builder.OfCompany(c => c.CompanyId);
    }

    public void Configure(EntityTypeBuilder<CompanyProfile> builder)
    {
        builder.ToTable("company_profile");
        builder.HasKey(c => c.CompanyId);
        builder.OfCompany(c => c.CompanyId);
    }

    /// <summary>The column is not called company_id: the row belongs to no client, and erasing one must not take it along.</summary>
    public void Configure(EntityTypeBuilder<ErasedCompany> builder)
    {
        builder.ToTable("erased_company");
        builder.HasKey(c => c.Id);
    }
}
