using Agency.Data;
using Agency.Data.Tenancy;
using Agency.Testing.Mcp;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Testing.Tenancy;

/// <summary>A server on a database of its own with two clients, <c>mine</c> and <c>theirs</c>, from which lines of defence can be taken away.</summary>
public static class WeakenedServer
{
    /// <summary>Attacks every tool and returns what was leaked or changed.</summary>
    /// <param name="audience">The server's name in tokens.</param>
    /// <param name="tokens">What the server accepts.</param>
    /// <param name="remaining">The lines that are left.</param>
    /// <param name="start">Starts the server on a database.</param>
    /// <param name="asRun">With the token of a run of <c>mine</c> whose procedure may call every tool; false: with one of the client itself.</param>
    public static async Task<IReadOnlyList<string>> AttackAsync(
        string audience, TestTokens tokens, Defence remaining, Func<AgencyTestDatabase, Action<WebApplicationBuilder>, Task<RunningServer>> start,
        bool asRun = false)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentNullException.ThrowIfNull(start);
        await using var database = new AgencyTestDatabase();
        await database.InitializeAsync();
        foreach (var client in (string[])["mine", "theirs"])
        {
            await database.AddCompanyAsync(client, $"Name of {client}");
            await database.AddClientRowsAsync(client);
        }

        await database.SetRowSecurityAsync(remaining.HasFlag(Defence.RowSecurity));
        await using var server = await start(database, builder =>
        {
            if (!remaining.HasFlag(Defence.Credential))
            {
                builder.Services.RemoveCredential();
            }
        });
        if (!remaining.HasFlag(Defence.QueryFilter))
        {
            server.Services.GetRequiredService<AgencyDatabase>().RemoveQueryFilter();
        }

        var staff = await server.ConnectAsync(tokens.Operator(audience));
        string[] tools = [.. (await staff.ListToolsAsync()).Select(tool => tool.Name)];
        var attack = new TenantAttack(
            await server.ConnectAsync(asRun ? tokens.Run(audience, "mine", RunId.New(TimeProvider.System), tools) : tokens.Company(audience, "mine")),
            staff,
            await server.ConnectAsync(tokens.Company(audience, "theirs")),
            database)
        {
            IsThorough = false,
        };
        return await attack.RunAsync();
    }
}
