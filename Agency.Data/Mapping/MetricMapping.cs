using Agency.Data.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class MetricMapping
    : IEntityTypeConfiguration<MetricSample>, IEntityTypeConfiguration<AlertRule>, IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<MetricSample> builder)
    {
        builder.ToTable("metric_sample");
        builder.HasKey(m => new { m.CompanyId, m.SampleId });
        builder.Property(m => m.SampleId).UseIdentityAlwaysColumn();
        builder.Property(m => m.Name).HasMaxLength(100);
        builder.Property(m => m.Unit).HasMaxLength(30);
        builder.OfCompany(m => m.CompanyId);
        builder.HasIndex(m => new { m.CompanyId, m.Name, m.At });
    }

    public void Configure(EntityTypeBuilder<AlertRule> builder)
    {
        builder.ToTable("alert_rule");
        builder.HasKey(r => new { r.CompanyId, r.AlertRuleId });
        builder.Property(r => r.Metric).HasMaxLength(100);
        builder.OfCompany(r => r.CompanyId);
        builder.HasIndex(r => new { r.CompanyId, r.Metric, r.Comparison }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<Alert> builder)
    {
        builder.ToTable("alert");
        builder.HasKey(a => new { a.CompanyId, a.AlertId });
        builder.HasOne<AlertRule>().WithMany().HasForeignKey(a => new { a.CompanyId, a.AlertRuleId }).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(a => new { a.CompanyId, a.AlertRuleId }).HasDatabaseName("ux_alert_active").IsUnique()
            .HasFilter("cleared_at is null");
        builder.HasIndex(a => new { a.CompanyId, a.FiredAt });
    }
}
