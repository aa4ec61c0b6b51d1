using System.Globalization;
using System.Text.Json;
using Agency.Data;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ModelContextProtocol.Protocol;

namespace Agency.Operations.Tests.Reports;

/// <summary>A server with the reports on a database and a clock of its own, and what it takes to record runs.</summary>
public sealed class ReportServer : IAsyncLifetime
{
    /// <summary>A Wednesday. The last whole week is the 16th to the 22nd.</summary>
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);

    private RunningServer? _server;

    public ReportServer() => Tokens = new TestTokens(Clock);

    public FakeTimeProvider Clock { get; } = new(Now);

    public AgencyTestDatabase Database { get; } = new();

    public TestTokens Tokens { get; }

    public RunningServer Server => _server ?? throw new InvalidOperationException("The fixture is not initialised.");

    public string OperatorToken => Tokens.Operator("operations");

    public string CompanyToken(string company) => Tokens.Company("operations", company);

    public async ValueTask InitializeAsync()
    {
        await Database.InitializeAsync();
        _server = await RunningServer.StartAsync(
            args => Operations.Server.Build(args, builder => builder.Services.AddSingleton<TimeProvider>(Clock)),
            Tokens.Settings,
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:agency"] = Database.ConnectionString("operations_agency"),
                ["ConnectionStrings:tenant"] = Database.ConnectionString("operations_tenant"),
                ["Tokens:SigningKey"] = Tokens.OperationsSigningKey,
                ["AGENCY_WORKFLOWS_FILE"] = "",
                ["Reports:AgencyName"] = "Example Agency",
            });
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Tokens.Dispose();
        await Database.DisposeAsync();
    }

    public async Task<CallToolResult> CallAsync(string token, string tool, string arguments = "{}")
    {
        var client = await Server.ConnectAsync(token);
        return await client.CallToolAsync(
            tool, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments), cancellationToken: TestContext.Current.CancellationToken);
    }

    /// <summary>The structured answer of a call that must succeed.</summary>
    public async Task<JsonElement> AskAsync(string token, string tool, string arguments = "{}")
    {
        var result = await CallAsync(token, tool, arguments);
        Assert.True(result.IsError is not true, TextOf(result));
        return result.StructuredContent!.Value;
    }

    public static string TextOf(CallToolResult result) => string.Concat(result.Content.OfType<TextContentBlock>().Select(block => block.Text));

    /// <summary>A client with fees of 300.00 a month and 2.50 for a run.</summary>
    public async Task<CompanyId> AddCompanyAsync(string id, string? name = null, string zone = "Europe/Berlin")
    {
        var company = await Database.AddCompanyAsync(id, name);
        await Database.ExecuteAsync("update agency.company set created_at = '2025-01-01', time_zone = $2 where company_id = $1", id, zone);
        await Database.ExecuteAsync("update agency.company_terms set monthly_fee = 300, fee_per_successful_run = 2.5 where company_id = $1", id);
        return company;
    }

    public Task AddWorkflowAsync(string company, string id, string type = "data_sync", int slaMinutes = 0) => Database.ExecuteAsync(
        """
        insert into agency.workflow (company_id, workflow_id, type, status, sla_minutes, failure_count, max_attempts, retry_initial_seconds,
            retry_factor, retry_max_seconds, timeout_seconds, created_at, updated_at)
        values ($1, $2, $4, 'active', nullif($3, 0), 0, 3, 30, 2, 3600, 600, now(), now())
        """,
        company, id, slaMinutes, type);

    public Task AddRunAsync(
        string company, string workflow, string due, string status, string trigger = "scheduled", string finished = "", double seconds = 0,
        int attempt = 1, string error = "", string summary = "", string skipped = "", int occurrences = 1, string until = "") => Database.ExecuteAsync(
        """
        insert into agency.run (company_id, run_id, workflow_id, trigger, scheduled_for, status, attempt, available_at, created_at, finished_at,
            run_seconds, error_message, summary, skip_reason, occurrences, scheduled_until)
        values ($1, gen_random_uuid(), $2, $3, $4, $5, $6, $4, $4, nullif($7, '')::timestamptz, $8, nullif($9, ''), nullif($10, ''), nullif($11, ''), $12,
            nullif($13, '')::timestamptz)
        """,
        company, workflow, trigger, At(due), status, attempt, finished, seconds, error, summary, skipped, occurrences, until);

    public Task AddEscalationAsync(string company, string workflow, string reason, string opened, string resolved = "", string resolution = "") =>
        Database.ExecuteAsync(
            """
            insert into agency.escalation (company_id, escalation_id, workflow_id, source, reason, status, opened_at, opened_by, resolved_at, resolution)
            values ($1, gen_random_uuid(), $2, 'requested', $3, case when $5 = '' then 'open' else 'resolved' end, $4, 'test',
                nullif($5, '')::timestamptz, nullif($6, ''))
            """,
            company, workflow, reason, At(opened), resolved, resolution);

    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
