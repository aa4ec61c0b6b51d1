using Agency.Testing;

namespace Agency.Operations.Tests.Clients;

/// <summary>A client with at least one row in every table that can hold something of a client.</summary>
internal static class ClientSeed
{
    public static async Task AddAsync(OperationsFixture operations, string client)
    {
        var database = operations.Database;
        await database.AddCompanyAsync(client, $"Name of {client}");
        await operations.OperatorAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w-{{client}}","schedule":"@daily"}""");
        await operations.OperatorAsync("issue_token", $$"""{"role":"company","client":"{{client}}"}""");
        await database.AddClientRowsAsync(client);
    }
}
