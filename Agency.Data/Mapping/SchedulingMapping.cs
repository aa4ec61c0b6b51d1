using Agency.Data.Companies;
using Agency.Data.Scheduling;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class SchedulingMapping
    : IEntityTypeConfiguration<WorkHold>, IEntityTypeConfiguration<ExcludedDate>, IEntityTypeConfiguration<CompanyShare>, IEntityTypeConfiguration<Finding>
{
    public void Configure(EntityTypeBuilder<WorkHold> builder)
    {
        builder.ToTable("work_hold", t => t.HasCheckConstraint("work_hold_period", "ends_at >= starts_at"));
        builder.HasKey(h => h.HoldId);
        builder.Property(h => h.Reason).HasMaxLength(1000);
        builder.Property(h => h.CreatedBy).HasMaxLength(200);
        builder.Property(h => h.LiftedBy).HasMaxLength(200);
        builder.HasOne<Company>().WithMany().HasForeignKey(h => h.CompanyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(h => h.EndsAt);
    }

    public void Configure(EntityTypeBuilder<ExcludedDate> builder)
    {
        builder.ToTable("excluded_date");
        builder.HasKey(d => new { d.CompanyId, d.Date });
        builder.Property(d => d.Name).HasMaxLength(200);
        builder.OfCompany(d => d.CompanyId);
    }

    public void Configure(EntityTypeBuilder<CompanyShare> builder)
    {
        builder.ToTable("company_share");
        builder.HasKey(s => s.CompanyId);
        builder.OfCompany(s => s.CompanyId);
    }

    public void Configure(EntityTypeBuilder<Finding> builder)
    {
        builder.ToTable("finding");
        builder.HasKey(f => f.FindingId);
        builder.Property(f => f.Subject).HasMaxLength(200);
        builder.HasOne<Company>().WithMany().HasForeignKey(f => f.CompanyId).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(f => new { f.Kind, f.CompanyId, f.Subject })
            .HasDatabaseName("ux_finding_open").IsUnique().AreNullsDistinct(false).HasFilter("closed_at is null");
        builder.HasIndex(f => f.OpenedAt);
    }
}
