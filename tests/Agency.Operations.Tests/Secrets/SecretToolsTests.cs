using System.Text;
using Agency.Testing;

namespace Agency.Operations.Tests.Secrets;

public sealed class SecretToolsTests(OperationsFixture operations) : IClassFixture<OperationsFixture>, IAsyncLifetime
{
    private const string Value = "sk-live-4f9aBc";
    private const string Crm = """{"name":"crm","url":"https://93.184.216.34/mcp","secret":"crm_key"}""";
    private const string Set = """{"name":"crm_key","value":"sk-live-4f9aBc"}""";

    public async ValueTask InitializeAsync()
    {
        await operations.Database.ExecuteAsync("truncate agency.company cascade");
        await operations.Database.AddCompanyAsync("acme");
        await operations.Database.AddCompanyAsync("globex");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Set_Secret_IsCiphertextEvenForASuperuser()
    {
        var answer = await operations.CompanyAsync("acme", "set_secret", Set);

        Assert.Equal(("acme", "crm_key", false), (answer.Of("secret.client"), answer.Of("secret.name"), answer["replaced"].GetBoolean()));
        Assert.DoesNotContain("4f9a", answer.Text + answer.Json, StringComparison.Ordinal);
        var row = (await operations.Database.ScalarAsync<string>("select s::text || encode(ciphertext, 'escape') from agency.company_secret s"))!;
        Assert.DoesNotContain("4f9a", row, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes("4f9a")), row, StringComparison.Ordinal);
        var ciphertext = (await operations.Database.ScalarAsync<byte[]>("select ciphertext from agency.company_secret"))!;
        Assert.Equal(Value, operations.Vault.Open().Open(new Data.CompanyId("acme"), "crm_key", ciphertext).Value);
    }

    [Fact]
    public async Task List_Secrets_ShowsThemWithoutAnyValue()
    {
        await operations.CompanyAsync("acme", "set_secret", Set);
        await operations.OperatorAsync("set_secret", """{"client":"globex","name":"erp","value":"another-value"}""");

        var all = await operations.OperatorAsync("list_secrets");
        var own = await operations.CompanyAsync("acme", "list_secrets");

        Assert.Equal(["acme/crm_key", "globex/erp"], all["items"].EnumerateArray().Select(s => $"{s.GetProperty("client")}/{s.GetProperty("name")}"));
        Assert.Equal("crm_key", own.Of("items.0.name"));
        Assert.Equal(1, own["items"].GetArrayLength());
        Assert.DoesNotContain("4f9a", all.Text + own.Text, StringComparison.Ordinal);
        Assert.Equal("globex/erp", await SecondPageAsync());
    }

    [Fact]
    public async Task Set_Again_ReplacesTheValue()
    {
        await operations.CompanyAsync("acme", "set_secret", Set);

        var answer = await operations.CompanyAsync("acme", "set_secret", """{"name":"crm_key","value":"the-second-one"}""");

        Assert.True(answer["replaced"].GetBoolean());
        var ciphertext = (await operations.Database.ScalarAsync<byte[]>("select ciphertext from agency.company_secret"))!;
        Assert.Equal("the-second-one", operations.Vault.Open().Open(new Data.CompanyId("acme"), "crm_key", ciphertext).Value);
    }

    [Fact]
    public async Task Set_WithRebindWhileAConnectorIsBindingIt_StaysBoundToItsHost()
    {
        await operations.CompanyAsync("acme", "set_secret", Set);

        var answer = await Waiting.WhileWritingAsync(
            operations.Database,
            """
            update agency.company_secret set origin = 'https://93.184.216.34';
            insert into agency.connector (company_id, name, url, secret_name, header, set_by, set_at)
            values ('acme', 'crm', 'https://93.184.216.34/mcp', 'crm_key', 'Authorization', 'other', now())
            """,
            () => operations.CompanyAsync("acme", "set_secret", """{"name":"crm_key","value":"the-second-one","rebind":true}"""));

        Assert.Equal("https://93.184.216.34", answer.Of("secret.origin"));
        Assert.Equal("https://93.184.216.34", await operations.Database.ScalarAsync<string>("select origin from agency.company_secret"));
    }

    [Theory]
    [InlineData("set_secret", """{"name":"sk-LIVE-astray-1","value":"crm_key_of_acme"}""")]
    [InlineData("set_secret", """{"name":"crm_key","value":"another-value","api_id":"sk-LIVE-astray-2"}""")]
    [InlineData("set_connector", """{"name":"crm","url":"https://crm.example.com/mcp","secret":"sk-LIVE-astray-3"}""")]
    [InlineData("delete_secret", """{"name":"sk-LIVE-astray-4"}""")]
    public async Task Value_GivenInAnotherPlace_IsNotKeptByTheAuditLog(string tool, string arguments)
    {
        Assert.True((await operations.CompanyAsync("acme", tool, arguments)).IsError);

        Assert.Equal(0, await operations.Database.ScalarAsync<long>("select count(*) from agency.audit_log a where a::text like '%LIVE-astray%'"));
    }

    [Theory]
    [InlineData("""{"name":"crm_key","value":"short"}""", "at least 8")]
    [InlineData("""{"name":"Crm Key","value":"sk-live-4f9aBc"}""", "pattern")]
    [InlineData("""{"name":"crm_key","value":"sk-live\r\nX-Evil: 1"}""", "printable ASCII")]
    [InlineData("""{"name":"crm_key","value":" sk-live-4f9aBc"}""", "blank at its begin")]
    [InlineData("""{"name":"crm_key","value":"パスワード株式会社"}""", "printable ASCII")]
    [InlineData("""{"name":"slack_webhook","value":"http://hooks.example.com/x"}""", "cannot be used")]
    [InlineData("""{"name":"slack_webhook","value":"https://169.254.169.254/geheim"}""", "metadata")]
    [InlineData("""{"name":"slack_webhook","value":"https://u:geheim@93.184.216.34/"}""", "user name or password")]
    public async Task Set_WhatCannotBe_IsRefusedWithoutQuotingIt(string arguments, string says)
    {
        var answer = await operations.CompanyAsync("acme", "set_secret", arguments);

        answer.IsFailure("invalid", says);
        Assert.DoesNotContain("4f9a", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", answer.Text, StringComparison.Ordinal);
        Assert.Equal(0L, await operations.Database.ScalarAsync<long>("select count(*) from agency.company_secret"));
    }

    [Theory]
    [InlineData("set_secret", Set)]
    [InlineData("delete_secret", """{"name":"crm_key"}""")]
    [InlineData("list_secrets", "{}")]
    [InlineData("set_connector", Crm)]
    [InlineData("delete_connector", """{"name":"crm"}""")]
    [InlineData("list_connectors", "{}")]
    public async Task Call_OfARun_IsRefusedAlthoughItsProcedureNamesTheTool(string tool, string arguments) =>
        (await operations.RunAsync("acme", tool, arguments)).IsFailure("forbidden", "never for a run");

    [Fact]
    public async Task Call_OfAnotherCompanyOrAViewer_ChangesNothing()
    {
        await operations.CompanyAsync("acme", "set_secret", Set);

        (await operations.CompanyAsync("globex", "set_secret", """{"client":"acme","name":"crm_key","value":"of-globex-1"}""")).IsFailure("not_found", "no client company");
        (await operations.CompanyAsync("globex", "delete_secret", """{"name":"crm_key"}""")).IsFailure("not_found", "has no secret");
        (await operations.ViewerAsync("set_secret", """{"client":"acme","name":"crm_key","value":"of-viewer-1"}""")).IsFailure("forbidden", "only read");

        var ciphertext = (await operations.Database.ScalarAsync<byte[]>("select ciphertext from agency.company_secret"))!;
        Assert.Equal(Value, operations.Vault.Open().Open(new Data.CompanyId("acme"), "crm_key", ciphertext).Value);
    }

    [Fact]
    public async Task Delete_SecretThatAConnectorUses_IsRefusedUntilTheConnectorIsGone()
    {
        await operations.CompanyAsync("acme", "set_secret", Set);
        Assert.False((await operations.CompanyAsync("acme", "set_connector", Crm)).IsError);

        (await operations.CompanyAsync("acme", "delete_secret", """{"name":"crm_key"}""")).IsFailure("conflict", "connector crm");
        await operations.CompanyAsync("acme", "delete_connector", """{"name":"crm"}""");
        Assert.Equal("crm_key", (await operations.CompanyAsync("acme", "delete_secret", """{"name":"crm_key"}""")).Of("name"));
        (await operations.CompanyAsync("acme", "delete_secret", """{"name":"crm_key"}""")).IsFailure("not_found", "list_secrets");
    }

    [Fact]
    public async Task Set_WithoutKeyRing_SaysWhatTheOperatorDoes()
    {
        await using var server = await operations.StartServerAsync(null, new KeyValuePair<string, string?>("Secrets:KeyRing", ""));
        var client = await server.ConnectAsync(operations.Tokens.Company("operations", "acme"));

        (await client.AskAsync("set_secret", Set)).IsFailure("conflict", "Secrets__KeyRing");
    }

    [Fact]
    public async Task Set_TooManySecrets_IsRefused()
    {
        await operations.Database.ExecuteAsync(
            "insert into agency.company_secret (company_id, name, ciphertext, set_by, set_at) select 'acme', 's' || i, '\\x00', 't', now() from generate_series(1, 50) i");

        (await operations.CompanyAsync("acme", "set_secret", Set)).IsFailure("conflict", "50 secrets");
    }

    private async Task<string> SecondPageAsync()
    {
        var first = await operations.OperatorAsync("list_secrets", """{"limit":1}""");
        var second = await operations.OperatorAsync("list_secrets", $$"""{"limit":1,"cursor":"{{first.Of("next_cursor")}}"}""");
        return $"{second.Of("items.0.client")}/{second.Of("items.0.name")}";
    }
}
