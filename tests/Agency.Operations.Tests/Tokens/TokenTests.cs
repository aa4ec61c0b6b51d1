using System.Text.Json;
using Agency.Operations.Tokens;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Operations.Tests.Tokens;

public sealed class TokenTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task IssueToken_ForACompany_OpensThatCompanyOnly()
    {
        await operations.Database.AddCompanyAsync("holder");
        var issued = await operations.OperatorAsync("issue_token", """{"role":"company","client":"holder","access":"read","name":"their agent","lifetime_hours":2}""");

        var client = await operations.Server.ConnectAsync(issued.Of("token"));

        Assert.Empty((await client.AskAsync("list_workflows"))["items"].EnumerateArray());
        (await client.AskAsync("register_workflow", """{"type":"t"}""")).IsFailure("forbidden", "may only read");
        var listed = await operations.OperatorAsync("list_tokens");
        var row = listed["items"].EnumerateArray().Single(t => t.GetProperty("token_id").GetString() == issued.Of("token_id"));
        Assert.Equal(("their agent", "company", "holder"), (row.GetProperty("name").GetString(), row.GetProperty("role").GetString(), row.GetProperty("client").GetString()));
        Assert.DoesNotContain(issued.Of("token")!, listed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RevokeToken_Twice_KeepsTheFirstTime()
    {
        var id = (await operations.OperatorAsync("issue_token", """{"role":"viewer"}""")).Of("token_id");

        var first = await operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{id}}"}""");
        var second = await operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{id}}"}""");

        Assert.Equal(("False", "True"), (first.Of("already_revoked"), second.Of("already_revoked")));
        Assert.Equal(first.Instant("revoked_at"), second.Instant("revoked_at"));
        (await operations.OperatorAsync("revoke_token", """{"token_id":"unknown"}""")).IsFailure("not_found", "list_tokens");
    }

    [Fact]
    public async Task RevokeToken_SeveralOfOneAuthorizationAtOnce_EndsThemAll()
    {
        for (var round = 0; round < 5; round++)
        {
            var ids = Enumerable.Range(0, 6).Select(i => $"sibling-{round}-{i}").ToArray();
            await operations.Database.ExecuteAsync("insert into agency.oauth_authorization (id, status, creation_date) values ($1, 'valid', now())", $"grant-{round}");
            await operations.Database.ExecuteAsync(
                """
                insert into agency.issued_token (token_id, name, role, grant_id, created_at, expires_at)
                select id, 'sibling', 'operator', $2, now(), now() + interval '1 hour' from unnest($1) id
                """,
                ids, $"grant-{round}");

            var answers = await Task.WhenAll(ids.Select(id => operations.OperatorAsync("revoke_token", $$"""{"token_id":"{{id}}"}""")));

            Assert.All(answers, answer => Assert.NotNull(answer.Of("revoked_at")));
            Assert.Equal(6, await operations.Database.ScalarAsync<long>("select count(*) from agency.revoked_token where token_id = any($1)", (object)ids));
        }
    }

    [Theory]
    [InlineData("""{"role":"company"}""", "invalid", "needs the client")]
    [InlineData("""{"role":"company","client":"nobody"}""", "not_found", "nobody")]
    [InlineData("""{"role":"operator","client":"nobody"}""", "invalid", "belongs to no client")]
    [InlineData("""{"role":"operator","lifetime_hours":0}""", "invalid", "lifetime_hours")]
    public async Task IssueToken_ThatMakesNoSense_IsRefused(string arguments, string kind, string says) =>
        (await operations.OperatorAsync("issue_token", arguments)).IsFailure(kind, says);

    [Fact]
    public async Task Command_ForTheOperator_PrintsOneTokenThatWorks()
    {
        var (code, output, errors) = await CommandAsync(operations.Settings, "--issue-token", "operator", "--name", "first");

        Assert.Equal((0, ""), (code, errors));
        Assert.Single(output.TrimEnd().Split('\n'));
        var client = await operations.Server.ConnectAsync(output.Trim());
        Assert.Contains((await client.AskAsync("list_tokens"))["items"].EnumerateArray(), t => t.GetProperty("name").GetString() == "first");
    }

    [Theory]
    [InlineData(2, "Usage:", "--issue-token", "king")]
    [InlineData(2, "Usage:", "--issue-token", "operator", "--lifetime", "-3")]
    [InlineData(2, "from 1 to", "--issue-token", "operator", "--lifetime", "999999")]
    [InlineData(2, "needs the client", "--issue-token", "company")]
    public async Task Command_WithWrongArguments_SaysSoAndPrintsNothing(int expected, string says, params string[] arguments)
    {
        var (code, output, errors) = await CommandAsync(operations.Settings, arguments);

        Assert.Equal((expected, ""), (code, output));
        Assert.Contains(says, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithoutDatabase_FailsAndSaysWhy()
    {
        var settings = operations.Settings;
        settings["ConnectionStrings:agency"] = "Host=127.0.0.1;Port=1;Username=x;Password=y;Database=z;Timeout=2";

        var (code, output, errors) = await CommandAsync(settings, "--issue-token", "operator");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("database cannot be used", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_WithoutKeys_NamesTheSetting()
    {
        var settings = operations.Settings;
        settings["Tokens:SigningKey"] = "";

        var (code, output, errors) = await CommandAsync(settings, "--issue-token", "operator");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains("Tokens:SigningKey", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Jwks_ToAnyone_HoldsBothPublicKeysAndNothingPrivate()
    {
        using var http = operations.Server.CreateHttpClient();

        using var keys = JsonDocument.Parse(await http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Stop));

        var all = keys.RootElement.GetProperty("keys").EnumerateArray().ToArray();
        Assert.Equal(2, all.Length);
        Assert.All(all, key => Assert.Equal(["alg", "crv", "kid", "kty", "use", "x", "y"], key.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Jwks_WhileAKeyIsReplaced_HoldsOldAndNew()
    {
        using var next = new TestTokens();
        const string setting = "Tokens:PublicKeys:operations";
        await using var server = await operations.StartServerAsync(
            null, new KeyValuePair<string, string?>(setting, $"{operations.Tokens.Settings[setting]}\n{next.Settings[setting]}"));
        using var http = server.CreateHttpClient();

        using var keys = JsonDocument.Parse(await http.GetStringAsync(new Uri("/.well-known/jwks.json", UriKind.Relative), Stop));

        Assert.Equal(3, keys.RootElement.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("kid").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Pruning_ForgetsTokensThatAreLongOver()
    {
        await operations.Database.ExecuteAsync("""
            insert into agency.issued_token (token_id, name, role, created_at, expires_at) values
                ('pruned', 'p', 'operator', now() - interval '1 year', now() - interval '91 days'), ('kept', 'k', 'operator', now() - interval '1 year', now() - interval '89 days');
            insert into agency.revoked_token (token_id, revoked_at, expires_at) values
                ('pruned', now() - interval '1 year', now() - interval '25 hours'), ('kept', now() - interval '1 year', now() - interval '23 hours');
            """);

        await operations.Server.Services.GetRequiredService<TokenPruning>().RunOnceAsync(Stop);

        foreach (var table in (string[])["issued_token", "revoked_token"])
        {
            Assert.Equal("kept", await operations.Database.ScalarAsync<string>($"select string_agg(token_id, ',') from agency.{table} where token_id in ('pruned', 'kept')"));
        }
    }

    private static async Task<(int Code, string Output, string Errors)> CommandAsync(IEnumerable<KeyValuePair<string, string?>> settings, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] args = [.. arguments, .. settings.Select(s => $"--{s.Key}={s.Value}")];
        Assert.True(TokenCommand.IsRequested(args));
        var code = await TokenCommand.RunAsync(args, output, errors, Stop);
        return (code, output.ToString(), errors.ToString());
    }
}
