namespace Agency.Operations.Tests.Connectors;

public sealed class ConnectorToolsTests(OperationsFixture operations) : IClassFixture<OperationsFixture>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        await operations.Database.ExecuteAsync("truncate agency.company cascade");
        await operations.Database.AddCompanyAsync("acme");
        await operations.Database.AddCompanyAsync("globex");
        await SetSecretAsync("crm_key");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Set_Connector_IsListedForItsClientAlone()
    {
        var set = await ConnectAsync("https://93.184.216.34/mcp");

        Assert.Equal(("crm", "crm_key", "Authorization", false), (set.Of("connector.name"), set.Of("connector.secret"), set.Of("connector.header"), set["replaced"].GetBoolean()));
        Assert.Equal("https://93.184.216.34/mcp", (await operations.CompanyAsync("acme", "list_connectors")).Of("items.0.url"));
        Assert.Equal(0, (await operations.CompanyAsync("globex", "list_connectors"))["items"].GetArrayLength());
        Assert.True((await ConnectAsync("https://93.184.216.34/mcp/v2"))["replaced"].GetBoolean());
        Assert.Equal("https://93.184.216.34", (await operations.CompanyAsync("acme", "list_secrets")).Of("items.0.origin"));
    }

    [Theory]
    [InlineData("operations")]
    [InlineData("context")]
    [InlineData("health")]
    [InlineData("gateway")]
    public async Task Set_NameOfOurs_IsRefused(string name) =>
        (await operations.CompanyAsync("acme", "set_connector", $$"""{"name":"{{name}}","url":"https://93.184.216.34/mcp"}""")).IsFailure("invalid", "that name is ours");

    [Theory]
    [InlineData("https://127.0.0.1/mcp", "loopback")]
    [InlineData("https://10.0.0.1/mcp", "private")]
    [InlineData("https://[::ffff:169.254.169.254]/", "metadata")]
    [InlineData("http://93.184.216.34/mcp", "https://")]
    [InlineData("https://2130706433/", "unusual")]
    public async Task Set_AddressThatIsNotPublic_IsRefusedAndNotKept(string url, string says)
    {
        (await ConnectAsync(url)).IsFailure("invalid", says);
        Assert.Equal(0L, await operations.Database.ScalarAsync<long>("select count(*) from agency.connector"));
        Assert.Null(await operations.Database.ScalarAsync<string>("select origin from agency.company_secret"));
    }

    [Fact]
    public async Task Set_AddressThatTheOperatorAllows_IsFine()
    {
        await using var server = await operations.StartServerAsync(null, new KeyValuePair<string, string?>("Outbound:Allow", "10.0.0.0/8"));
        var client = await server.ConnectAsync(operations.Tokens.Company("operations", "acme"));

        Assert.False((await client.AskAsync("set_connector", """{"name":"crm","url":"http://10.0.0.1/mcp"}""")).IsError);
    }

    [Theory]
    [InlineData("Host")]
    [InlineData("Content-Length")]
    [InlineData("Cookie")]
    [InlineData("traceparent")]
    [InlineData("Mcp-Session-Id")]
    public async Task Set_HeaderOfTheCallItself_IsRefused(string header) =>
        (await operations.CompanyAsync("acme", "set_connector", $$"""{"name":"crm","url":"https://93.184.216.34/mcp","secret":"crm_key","header":"{{header}}"}"""))
            .IsFailure("invalid", "part of the call itself");

    [Theory]
    [InlineData("nowhere", "not_found", "set_secret first")]
    [InlineData("slack_webhook", "invalid", "for notifications")]
    public async Task Set_SecretThatCannotBe_IsRefused(string secret, string kind, string says) =>
        (await ConnectAsync("https://93.184.216.34/mcp", secret: secret)).IsFailure(kind, says);

    [Fact]
    public async Task Set_ValueInPlaceOfTheSecretsName_IsRefusedWithoutQuotingIt()
    {
        var answer = await ConnectAsync("https://93.184.216.34/mcp", secret: "sk-Live-4f9aBc");

        answer.IsFailure("invalid", "not its value");
        Assert.DoesNotContain("4f9a", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Set_SecretOfAnotherClient_IsNotThere() =>
        (await operations.CompanyAsync("globex", "set_connector", """{"name":"crm","url":"https://93.184.216.34/mcp","secret":"crm_key"}""")).IsFailure("not_found", "has no secret");

    [Fact]
    public async Task Set_SameSecretForAnotherHost_IsRefusedUntilItIsSetAnewToBeBoundAgain()
    {
        await ConnectAsync("https://93.184.216.34/mcp");

        // Neither by moving the connector, nor by another one, nor after a new value while a connector still sends it.
        (await ConnectAsync("https://8.8.8.8/mcp")).IsFailure("conflict", "not sent elsewhere");
        (await ConnectAsync("https://93.184.216.34:8443/mcp", "other")).IsFailure("conflict", "not sent elsewhere");
        await SetSecretAsync("crm_key");
        (await ConnectAsync("https://8.8.8.8/mcp", "other")).IsFailure("conflict", "https://93.184.216.34");
        (await SetSecretAsync("crm_key", rebind: true)).IsFailure("conflict", "connector crm");
        await operations.CompanyAsync("acme", "delete_connector", """{"name":"crm"}""");
        (await ConnectAsync("https://8.8.8.8/mcp")).IsFailure("conflict", "not sent elsewhere");

        // A new value is for the host of the old one: whoever takes the connector away does not get it.
        await SetSecretAsync("crm_key");
        (await ConnectAsync("https://8.8.8.8/mcp")).IsFailure("conflict", "rebind true");
        await SetSecretAsync("crm_key", rebind: true);
        Assert.False((await ConnectAsync("https://8.8.8.8/mcp")).IsError);
    }

    [Fact]
    public async Task Delete_Connector_OfAnotherClient_IsNotThere()
    {
        await ConnectAsync("https://93.184.216.34/mcp");

        (await operations.CompanyAsync("globex", "delete_connector", """{"name":"crm"}""")).IsFailure("not_found", "has no connector");
        Assert.Equal("crm", (await operations.CompanyAsync("acme", "delete_connector", """{"name":"crm"}""")).Of("name"));
    }

    private Task<ToolAnswer> ConnectAsync(string url, string name = "crm", string secret = "crm_key") =>
        operations.CompanyAsync("acme", "set_connector", $$"""{"name":"{{name}}","url":"{{url}}","secret":"{{secret}}"}""");

    private Task<ToolAnswer> SetSecretAsync(string name, bool rebind = false) =>
        operations.CompanyAsync("acme", "set_secret", $$"""{"name":"{{name}}","value":"sk-live-4f9aBc","rebind":{{(rebind ? "true" : "false")}}}""");
}
