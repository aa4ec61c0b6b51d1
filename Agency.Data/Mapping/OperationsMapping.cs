using Agency.Data.Escalations;
using Agency.Data.Notifications;
using Agency.Data.Reports;
using Agency.Data.Tokens;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class OperationsMapping
    : IEntityTypeConfiguration<Escalation>, IEntityTypeConfiguration<Report>, IEntityTypeConfiguration<Notification>,
        IEntityTypeConfiguration<NotificationDelivery>, IEntityTypeConfiguration<IssuedToken>, IEntityTypeConfiguration<RevokedToken>,
        IEntityTypeConfiguration<SignInCode>, IEntityTypeConfiguration<AgencyFlag>
{
    public void Configure(EntityTypeBuilder<Escalation> builder)
    {
        builder.ToTable("escalation", t => t.HasCheckConstraint("escalation_status", "status in ('open', 'acknowledged', 'resolved')"));
        builder.HasKey(e => new { e.CompanyId, e.EscalationId });
        builder.OfCompany(e => e.CompanyId);
        builder.HasOne<Workflow>().WithMany().HasForeignKey(e => new { e.CompanyId, e.WorkflowId }).OnDelete(DeleteBehavior.Restrict);
        builder.HasIndex(e => new { e.CompanyId, e.WorkflowId })
            .HasDatabaseName("ux_escalation_unresolved")
            .IsUnique()
            .HasFilter("source = 'failures' and status <> 'resolved'");
        builder.HasIndex(e => e.OpenedAt);
    }

    public void Configure(EntityTypeBuilder<Report> builder)
    {
        builder.ToTable("report", t => t.HasCheckConstraint("report_pdf_size", "octet_length(pdf) <= 20971520"));
        builder.HasKey(r => new { r.CompanyId, r.ReportId });
        builder.Property(r => r.Title).HasMaxLength(400);
        builder.OfCompany(r => r.CompanyId);
        builder.HasIndex(r => new { r.CompanyId, r.CreatedAt });
    }

    public void Configure(EntityTypeBuilder<Notification> builder)
    {
        builder.ToTable("notification");
        builder.HasKey(n => new { n.CompanyId, n.NotificationId });
        builder.Property(n => n.Kind).HasMaxLength(50);
        builder.Property(n => n.Subject).HasMaxLength(400);
        builder.OfCompany(n => n.CompanyId);
        builder.HasIndex(n => n.CreatedAt).HasDatabaseName("ix_notification_new").HasFilter("dispatched_at is null");
    }

    public void Configure(EntityTypeBuilder<NotificationDelivery> builder)
    {
        builder.ToTable("notification_delivery");
        builder.HasKey(d => new { d.CompanyId, d.NotificationId, d.Channel });
        builder.HasOne<Notification>().WithMany().HasForeignKey(d => new { d.CompanyId, d.NotificationId })
            .OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(d => d.AvailableAt).HasDatabaseName("ix_notification_delivery_pending").HasFilter("status = 'pending'");
    }

    public void Configure(EntityTypeBuilder<IssuedToken> builder)
    {
        builder.ToTable("issued_token");
        builder.HasKey(t => t.TokenId);
        builder.Property(t => t.TokenId).HasMaxLength(64);
        builder.Property(t => t.Name).HasMaxLength(200);
        builder.Property(t => t.Role).HasMaxLength(20);
        builder.Property(t => t.GrantId).HasMaxLength(64);
        builder.HasIndex(t => t.GrantId).HasFilter("grant_id is not null");
    }

    public void Configure(EntityTypeBuilder<RevokedToken> builder)
    {
        builder.ToTable("revoked_token");
        builder.HasKey(t => t.TokenId);
        builder.Property(t => t.TokenId).HasMaxLength(64);
    }

    public void Configure(EntityTypeBuilder<SignInCode> builder)
    {
        builder.ToTable("sign_in_code");
        builder.HasKey(c => c.CodeHash);
        builder.Property(c => c.Subject).HasMaxLength(200);
    }

    public void Configure(EntityTypeBuilder<AgencyFlag> builder)
    {
        builder.ToTable("agency_flag");
        builder.HasKey(f => f.Name);
        builder.Property(f => f.Name).HasMaxLength(100);
    }
}
