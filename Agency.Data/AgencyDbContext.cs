using Agency.Data.Auditing;
using Agency.Data.Companies;
using Agency.Data.Context;
using Agency.Data.Escalations;
using Agency.Data.Mapping;
using Agency.Data.Metrics;
using Agency.Data.Notifications;
using Agency.Data.Reports;
using Agency.Data.Runs;
using Agency.Data.Scheduling;
using Agency.Data.Secrets;
using Agency.Data.Tokens;
using Agency.Data.Workflows;
using Microsoft.EntityFrameworkCore;

namespace Agency.Data;

/// <summary>
/// The agency's state. <see cref="Tenant"/> narrows every query to one company; it is the second line of defence, behind the credential
/// and before the database's row level security.
/// </summary>
public sealed class AgencyDbContext(DbContextOptions<AgencyDbContext> options, CompanyId? tenant = null) : DbContext(options)
{
    /// <summary>Name of the database schema that holds everything.</summary>
    public const string Schema = "agency";

    /// <summary>The only company this context sees; null sees what the database role may see.</summary>
    public CompanyId? Tenant { get; } = tenant;

    public DbSet<Company> Companies => Set<Company>();

    public DbSet<CompanyTerms> CompanyTerms => Set<CompanyTerms>();

    public DbSet<CompanyProfile> CompanyProfiles => Set<CompanyProfile>();

    public DbSet<Document> Documents => Set<Document>();

    public DbSet<DocumentChunk> DocumentChunks => Set<DocumentChunk>();

    public DbSet<Memory> Memories => Set<Memory>();

    public DbSet<SopOverride> SopOverrides => Set<SopOverride>();

    public DbSet<Workflow> Workflows => Set<Workflow>();

    public DbSet<WorkflowEvent> WorkflowEvents => Set<WorkflowEvent>();

    public DbSet<Run> Runs => Set<Run>();

    public DbSet<QueuedRun> QueuedRuns => Set<QueuedRun>();

    public DbSet<StartedRun> StartedRuns => Set<StartedRun>();

    public DbSet<RunStep> RunSteps => Set<RunStep>();

    public DbSet<RunEvent> RunEvents => Set<RunEvent>();

    public DbSet<WorkHold> WorkHolds => Set<WorkHold>();

    public DbSet<ExcludedDate> ExcludedDates => Set<ExcludedDate>();

    public DbSet<Finding> Findings => Set<Finding>();

    public DbSet<Escalation> Escalations => Set<Escalation>();

    public DbSet<Report> Reports => Set<Report>();

    public DbSet<Notification> Notifications => Set<Notification>();

    public DbSet<NotificationDelivery> NotificationDeliveries => Set<NotificationDelivery>();

    public DbSet<MetricSample> MetricSamples => Set<MetricSample>();

    public DbSet<AlertRule> AlertRules => Set<AlertRule>();

    public DbSet<Alert> Alerts => Set<Alert>();

    public DbSet<CompanySecret> CompanySecrets => Set<CompanySecret>();

    public DbSet<Connector> Connectors => Set<Connector>();

    public DbSet<IssuedToken> IssuedTokens => Set<IssuedToken>();

    public DbSet<RevokedToken> RevokedTokens => Set<RevokedToken>();

    public DbSet<SignInCode> SignInCodes => Set<SignInCode>();

    public DbSet<ErasedCompany> ErasedCompanies => Set<ErasedCompany>();

    public DbSet<AgencyFlag> Flags => Set<AgencyFlag>();

    public DbSet<AuditEntry> AuditLog => Set<AuditEntry>();

    public DbSet<AuditHead> AuditHeads => Set<AuditHead>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        ArgumentNullException.ThrowIfNull(configurationBuilder);
        configurationBuilder.AddIdConversions();
        configurationBuilder.AddEnumConversions(typeof(AgencyDbContext).Assembly);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        modelBuilder.HasDefaultSchema(Schema);
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AgencyDbContext).Assembly);
        FilterByTenant<Company>(modelBuilder);
        FilterByTenant<CompanyTerms>(modelBuilder);
        FilterByTenant<CompanyProfile>(modelBuilder);
        FilterByTenant<Document>(modelBuilder);
        FilterByTenant<DocumentChunk>(modelBuilder);
        FilterByTenant<Memory>(modelBuilder);
        FilterByTenant<SopOverride>(modelBuilder);
        FilterByTenant<SearchTerm>(modelBuilder);
        FilterByTenant<Workflow>(modelBuilder);
        FilterByTenant<WorkflowEvent>(modelBuilder);
        FilterByTenant<Run>(modelBuilder);
        FilterByTenant<QueuedRun>(modelBuilder);
        FilterByTenant<StartedRun>(modelBuilder);
        FilterByTenant<RunStep>(modelBuilder);
        FilterByTenant<RunEvent>(modelBuilder);
        FilterByTenant<ExcludedDate>(modelBuilder);
        FilterByTenant<CompanyShare>(modelBuilder);
        FilterByTenant<Escalation>(modelBuilder);
        FilterByTenant<Report>(modelBuilder);
        FilterByTenant<Notification>(modelBuilder);
        FilterByTenant<NotificationDelivery>(modelBuilder);
        FilterByTenant<MetricSample>(modelBuilder);
        FilterByTenant<AlertRule>(modelBuilder);
        FilterByTenant<Alert>(modelBuilder);
        FilterByTenant<CompanySecret>(modelBuilder);
        FilterByTenant<Connector>(modelBuilder);
    }

    private void FilterByTenant<TEntity>(ModelBuilder model)
        where TEntity : class =>
        model.Entity<TEntity>().HasQueryFilter(e => Tenant == null || EF.Property<CompanyId>(e, "CompanyId") == Tenant);
}
