using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class WorkflowMapping : IEntityTypeConfiguration<Workflow>, IEntityTypeConfiguration<WorkflowEvent>
{
    public void Configure(EntityTypeBuilder<Workflow> builder)
    {
        builder.ToTable("workflow", t =>
        {
            t.HasCheckConstraint("workflow_status", "status in ('active', 'paused', 'escalated', 'completed')");
            t.HasCheckConstraint("workflow_attempts", "max_attempts between 1 and 100");
        });
        builder.HasKey(w => new { w.CompanyId, w.WorkflowId });
        builder.Property(w => w.Type).HasMaxLength(100);
        builder.Property(w => w.Schedule).HasMaxLength(200);
        builder.Property(w => w.TimeZone).HasMaxLength(64);
        builder.Property(w => w.FailureCount).HasDefaultValue(0);
        builder.OfCompany(w => w.CompanyId);
        builder.HasIndex(w => w.NextRun)
            .HasDatabaseName("ix_workflow_due")
            .HasFilter("status = 'active' and deleted_at is null and next_run is not null");
        builder.Property<uint>("Version").IsRowVersion();
    }

    public void Configure(EntityTypeBuilder<WorkflowEvent> builder)
    {
        builder.ToTable("workflow_event");
        builder.HasKey(e => new { e.CompanyId, e.WorkflowId, e.EventId });
        builder.Property(e => e.EventId).UseIdentityAlwaysColumn();
        builder.Property(e => e.Type).HasMaxLength(50);
        builder.HasOne<Workflow>().WithMany().HasForeignKey(e => new { e.CompanyId, e.WorkflowId }).OnDelete(DeleteBehavior.Restrict);
    }
}
