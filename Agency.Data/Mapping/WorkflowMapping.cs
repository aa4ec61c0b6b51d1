using Agency.Data.Runs;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
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
            t.HasCheckConstraint("workflow_window", "end_at > start_at");
            t.HasCheckConstraint("workflow_catch_up", "catch_up in ('all', 'latest', 'none')");
            t.HasCheckConstraint("workflow_overlap", "overlap in ('skip', 'queue_one', 'queue_all', 'cancel_previous', 'allow')");
            t.HasCheckConstraint("workflow_concurrency", "max_concurrent_runs >= 1");
            t.HasCheckConstraint("workflow_priority", "priority between -100 and 100");
            t.HasCheckConstraint("workflow_retry_jitter", "retry_jitter between 0 and 1");
        });
        builder.HasKey(w => new { w.CompanyId, w.WorkflowId });
        builder.Property(w => w.Type).HasMaxLength(100);
        builder.Property(w => w.Schedule).HasMaxLength(200);
        builder.Property(w => w.TimeZone).HasMaxLength(64);
        builder.Property(w => w.FailureCount).HasDefaultValue(0);

        // Where the type's own default is another value than the column's, it must be told apart from "not given".
        builder.Property(w => w.JitterSeconds).HasDefaultValue(0);
        builder.Property(w => w.ObserveCalendar).HasDefaultValue(true).HasSentinel(true);
        builder.Property(w => w.CatchUp).HasDefaultValue(CatchUpPolicy.Latest).HasSentinel(CatchUpPolicy.Latest);
        builder.Property(w => w.CatchUpWindowMinutes).HasDefaultValue(Workflow.DefaultCatchUpWindowMinutes);
        builder.Property(w => w.Overlap).HasDefaultValue(OverlapPolicy.Skip);
        builder.Property(w => w.Priority).HasDefaultValue(0);
        builder.Property(w => w.RetryJitter).HasDefaultValue(0.2).HasSentinel(0.2);
        builder.Property(w => w.NonRetryable)
            .HasConversion(
                kinds => kinds.Select(SnakeCase.Of).ToArray(),
                names => names.Select(SnakeCase.Parse<RunErrorKind>).ToArray(),
                new ValueComparer<RunErrorKind[]>((a, b) => a!.SequenceEqual(b!), kinds => kinds.Length, kinds => kinds.ToArray()))
            .HasColumnType("text[]")
            .HasDefaultValueSql("'{}'");
        builder.OfCompany(w => w.CompanyId);
        builder.HasIndex(w => w.NextRun)
            .HasDatabaseName("ix_workflow_due")
            .HasFilter("status = 'active' and deleted_at is null and next_run is not null");
        builder.HasIndex(w => new { w.CompanyId, w.WorkflowId }).HasDatabaseName("ix_workflow_failing").HasFilter("failure_count > 0");
        builder.Property<uint>("Version").IsRowVersion();

        // Room for moving the next run within the page.
        builder.HasStorageParameter("fillfactor", 80);
    }

    public void Configure(EntityTypeBuilder<WorkflowEvent> builder)
    {
        builder.ToTable("workflow_event");
        builder.HasKey(e => new { e.CompanyId, e.WorkflowId, e.EventId });
        builder.Property(e => e.EventId).UseIdentityAlwaysColumn();
        builder.Property(e => e.Type).HasMaxLength(50);

        // No foreign key, as for a run's events.
    }
}
