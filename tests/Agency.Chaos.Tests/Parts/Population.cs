using System.Globalization;
using Agency.Chaos.Tests.Records;
using Npgsql;

namespace Agency.Chaos.Tests.Parts;

/// <summary>
/// The clients and workflows under test: different weights and caps, both kinds of schedules, every overlap and catch-up rule, procedures that
/// succeed, fail, take long and hang. Some two runs a second on the whole, which two cores can execute.
/// </summary>
internal static class Population
{
    private static readonly CompanyFacts[] Clients = [new("acme", 1, 1), new("birch", 3, 3), new("cedar", 1, 1), new("delta", 2, 2)];

    private static readonly Definition[] Definitions =
    [
        new("acme", "quick-a", "quick", 10, false, "skip", "latest"),
        new("acme", "flaky-a", "flaky", 17, true, "queue_one", "latest"),
        new("acme", "doomed-a", "doomed", 12, false, "skip", "none"),
        new("birch", "quick-b", "quick", 7, true, "queue_all", "latest"),
        new("birch", "slow-b", "slow", 5, false, "skip", "latest"),
        new("birch", "allow-b", "slow", 12, false, "allow", "latest", MaxConcurrent: 2),
        new("birch", "jitter-b", "quick", 15, false, "skip", "latest", Jitter: 4),
        new("cedar", "slow-c", "slow", 13, true, "cancel_previous", "latest"),
        new("cedar", "quick-c", "quick", 12, false, "queue_one", "none"),
        new("delta", "hanging-d", "hanging", 15, false, "skip", "latest"),
        new("delta", "all-d", "quick", 20, false, "queue_all", "all"),
        new("delta", "flaky-d", "flaky", 11, true, "skip", "all"),
        new("delta", "slow-d", "slow", 9, true, "queue_one", "latest", Priority: 5),
    ];

    public static async Task<(IReadOnlyList<CompanyFacts> Companies, IReadOnlyList<WorkflowFacts> Workflows)> AddAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        foreach (var client in Clients)
        {
            await ExecuteAsync(connection, "select agency.ensure_company($1, $1, 'Europe/Berlin', now())", client.Company);
            await ExecuteAsync(
                connection, "update agency.company set weight = $2, max_concurrent_runs = $3 where company_id = $1", client.Company, client.Weight, client.Cap);
        }

        var now = TimeProvider.System.GetUtcNow();
        var facts = new List<WorkflowFacts>();
        foreach (var d in Definitions)
        {
            var instants = new Instants(d.Seconds, d.Every);
            var first = instants.Next(now.AddSeconds(2));
            await ExecuteAsync(
                connection,
                """
                insert into agency.workflow (company_id, workflow_id, type, status, schedule, next_run, created_at, updated_at, overlap, catch_up,
                    catch_up_window_minutes, max_concurrent_runs, jitter_seconds, priority, max_attempts, retry_initial_seconds, retry_factor,
                    retry_max_seconds, timeout_seconds)
                values ($1, $2, $3, 'active', $4, $5, $6, $6, $7, $8, 1, $9, $10, $11, 4, 1, 2, 4, $12)
                """,
                d.Company, d.Workflow, d.Procedure, instants.Expression, first, now, d.Overlap, d.CatchUp,
                (object?)d.MaxConcurrent ?? DBNull.Value, d.Jitter, d.Priority,

                // Longer than a scheduler is frozen, so that its workers still wait for it when it comes back.
                d.Procedure == "hanging" ? 5 : 30);
            facts.Add(new WorkflowFacts(d.Company, d.Workflow, instants, first, d.Overlap == "allow", Procedures.Entries[d.Procedure]));
        }

        return (Clients, facts);
    }

    public static string Describe() => string.Join(Environment.NewLine, Definitions.Select(d => string.Create(
        CultureInfo.InvariantCulture,
        $"  {d.Company}/{d.Workflow}: {d.Procedure}, {new Instants(d.Seconds, d.Every).Expression}, overlap {d.Overlap}, catch-up {d.CatchUp}")));

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        await command.ExecuteNonQueryAsync();
    }

    private sealed record Definition(
        string Company, string Workflow, string Procedure, int Seconds, bool Every, string Overlap, string CatchUp,
        int? MaxConcurrent = null, int Jitter = 0, int Priority = 0);
}
