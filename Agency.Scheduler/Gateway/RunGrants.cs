using Agency.Data;
using Agency.Data.Runs;
using Agency.Data.Tenancy;
using Agency.Scheduler.Settling;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Secrets;
using Agency.Sops;
using Npgsql;

namespace Agency.Scheduler.Gateway;

/// <summary>What a run may, or how its attempt has failed.</summary>
internal readonly record struct GrantedRun(RunGrant? Grant, AttemptResult.Failed? Failure);

/// <summary>Makes out what a run may reach: our own servers, and the company's connectors.</summary>
internal sealed partial class RunGrants(AgencyDatabase database, CompanySecretReader secrets, ILogger<RunGrants> logger)
{
    private readonly ILogger _logger = logger;

    public async Task<GrantedRun> ForAsync(CompanyId company, RunId run, IReadOnlyList<SopTool> tools, CancellationToken cancellationToken)
    {
        try
        {
            var others = tools.Where(tool => !ServerAddresses.McpServers.Contains(tool.Server)).ToArray();
            if (others.Length > 0 && await ConnectorsAsync(company, cancellationToken) is var known && others.FirstOrDefault(t => !known.Contains(t.Server)) is { Server: not null } unknown)
            {
                return Failed(
                    RunErrorKind.Permanent,
                    $"The procedure calls '{unknown}', but the servers are: {string.Join(", ", ServerAddresses.McpServers.Concat(known))}. Correct the procedure, or set a connector of that name with set_connector.");
            }

            return new GrantedRun(new RunGrant(company, run, tools, await secrets.ReadAsync(company, cancellationToken)), null);
        }
        catch (NpgsqlException e)
        {
            NotLookedUp(_logger, e, run.Value);
            return Failed(RunErrorKind.Transient, "What the run may reach could not be looked up.");
        }
    }

    private async Task<List<string>> ConnectorsAsync(CompanyId company, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAgencyConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select name from connector where company_id = $1 order by name", connection);
        command.Parameters.AddWithValue(company.Value);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
        {
            names.Add(reader.GetString(0));
        }

        return names;
    }

    private static GrantedRun Failed(RunErrorKind kind, string message) => new(null, new AttemptResult.Failed(kind, message));

    [LoggerMessage(Level = LogLevel.Error, Message = "What run {Run} may reach could not be looked up.")]
    private static partial void NotLookedUp(ILogger logger, Exception exception, Guid run);
}
