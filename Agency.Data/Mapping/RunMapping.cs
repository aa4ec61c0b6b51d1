using Agency.Data.Runs;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal sealed class RunMapping
    : IEntityTypeConfiguration<Run>, IEntityTypeConfiguration<QueuedRun>, IEntityTypeConfiguration<StartedRun>, IEntityTypeConfiguration<RunStep>,
        IEntityTypeConfiguration<RunEvent>
{
    public void Configure(EntityTypeBuilder<Run> builder)
    {
        builder.ToTable("run", t =>
        {
            t.HasCheckConstraint(
                "run_status", "status in ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'skipped')");
            t.HasCheckConstraint("run_lease", "(status = 'running') = (lease_owner is not null and lease_until is not null)");
            t.HasCheckConstraint("run_skip_reason", "(status = 'skipped') = (skip_reason is not null)");
        });
        builder.HasKey(r => new { r.CompanyId, r.RunId });
        builder.Property(r => r.Attempt).HasDefaultValue(0);
        builder.Property(r => r.Priority).HasDefaultValue(0);
        builder.Property(r => r.CancelReason).HasMaxLength(1000);
        builder.Property(r => r.Fencing).HasDefaultValue(0L);
        builder.Property(r => r.RunSeconds).HasDefaultValue(0d);
        builder.Property(r => r.ToolCalls).HasDefaultValue(0);
        builder.Property(r => r.Tokens).HasDefaultValue(0L);
        builder.Property(r => r.Occurrences).HasDefaultValue(1);
        builder.Property(r => r.LeaseOwner).HasMaxLength(200);
        builder.Property(r => r.IdempotencyKey).HasMaxLength(200);
        builder.Property(r => r.TraceParent).HasMaxLength(64);
        builder.HasOne<Workflow>().WithMany().HasForeignKey(r => new { r.CompanyId, r.WorkflowId }).OnDelete(DeleteBehavior.Restrict);

        builder.HasIndex(r => new { r.CompanyId, r.WorkflowId, r.ScheduledFor, r.Trigger }).IsUnique();
        builder.HasIndex(r => new { r.CompanyId, r.WorkflowId, r.IdempotencyKey }).IsUnique().HasFilter("idempotency_key is not null");
        // No index holds what changes while a run is executed, and pages have room for the new versions: none of these changes touches an index.
        builder.HasIndex(r => r.CreatedAt);
        builder.HasIndex(r => r.RunId);
        builder.HasStorageParameter("fillfactor", 60);
    }

    public void Configure(EntityTypeBuilder<QueuedRun> builder)
    {
        builder.ToTable("queued_run");
        VacuumSoon(builder);
        builder.HasKey(r => new { r.CompanyId, r.WorkflowId, r.RunId });
        builder.HasIndex(r => new { r.CompanyId, r.Priority, r.AvailableAt, r.RunId })
            .IsDescending(false, true, false, false)
            .HasDatabaseName("ix_queued_run_turn");
        builder.HasIndex(r => new { r.CompanyId, r.WorkflowId }).HasDatabaseName("ix_queued_run_retried").HasFilter("retried");
        builder.HasIndex(r => new { r.CompanyId, r.RunId }).HasDatabaseName("ix_queued_run_cancel").HasFilter("cancel_requested");
    }

    public void Configure(EntityTypeBuilder<StartedRun> builder)
    {
        builder.ToTable("started_run");
        VacuumSoon(builder);
        builder.HasKey(r => new { r.CompanyId, r.WorkflowId, r.RunId });
    }

    public void Configure(EntityTypeBuilder<RunStep> builder)
    {
        builder.ToTable("run_step");
        builder.HasKey(s => new { s.CompanyId, s.RunId, s.Attempt, s.Ordinal });
        builder.Property(s => s.Tool).HasMaxLength(200);
        builder.Property(s => s.SpanId).HasMaxLength(16);
        builder.HasOne<Run>().WithMany().HasForeignKey(s => new { s.CompanyId, s.RunId }).OnDelete(DeleteBehavior.Cascade);
    }

    public void Configure(EntityTypeBuilder<RunEvent> builder)
    {
        builder.ToTable("run_event");
        builder.HasKey(e => new { e.CompanyId, e.RunId, e.EventId });
        builder.Property(e => e.EventId).UseIdentityAlwaysColumn();
        builder.Property(e => e.Type).HasMaxLength(50);

        // No foreign key: two lines a run are written for every run there is, each from the run's own row, and a check would cost as much as the line.
    }

    /// <summary>Small tables whose rows come and go: what has gone lies in the way of every claim.</summary>
    private static void VacuumSoon<T>(EntityTypeBuilder<T> builder)
        where T : class
    {
        builder.HasStorageParameter("autovacuum_vacuum_threshold", 1000);
        builder.HasStorageParameter("autovacuum_vacuum_scale_factor", 0);
    }
}
