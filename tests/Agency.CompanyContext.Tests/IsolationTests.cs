using System.Text.Json;
using Agency.Data;

namespace Agency.CompanyContext.Tests;

/// <summary>What is another client's is not to be had, whatever tool is asked and whatever it is asked by.</summary>
public sealed class IsolationTests(ContextFixture context) : IClassFixture<ContextFixture>, IAsyncLifetime
{
    private const string Secret = "zanzibar";
    private static readonly RunId Run = RunId.New(TimeProvider.System);

    private static readonly string[] AllTools =
    [
        "init_company", "get_company_profile", "update_company_profile", "list_companies", "archive_company", "load_company_context", "list_documents",
        "delete_document", "query_company_context", "remember", "recall", "sop_list", "get_sop", "validate_sop", "save_sop", "delete_sop",
    ];

    public async ValueTask InitializeAsync()
    {
        if (await context.Database.ScalarAsync<long>("select count(*) from agency.company") > 0)
        {
            return;
        }

        await context.Database.AddCompanyAsync("mine");
        await context.Database.AddCompanyAsync("other");
        await context.LoadAsync("mine", "mine.md", "# Mine\n\nThe plan of this company.");
        await context.LoadAsync("other", "secret.md", $"# Secret\n\nThe plan of the other company is {Secret}.");
        await context.WriteFileAsync("other/file.md", $"A file about {Secret}.");
        await context.WriteFileAsync("mine/file.md", "A file of mine.");
        await context.OkAsync(context.Operator(), "update_company_profile", new { client = "other", summary = Secret });
        await context.OkAsync(context.Operator(), "remember", new { client = "other", text = $"Remember {Secret}.", tags = new[] { "plan" } });
        await context.OkAsync(context.Operator(), "save_sop", new { client = "other", markdown = ContextFixture.Procedure(Secret, Secret) });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public static TheoryData<string, string> CallsNamingTheOther() => new()
    {
        { "get_company_profile", """{"client":"other"}""" },
        { "update_company_profile", """{"client":"other","summary":"x"}""" },
        { "load_company_context", """{"company_id":"other"}""" },
        { "load_company_context", """{"company_id":"other","path":"file.md"}""" },
        { "load_company_context", """{"company_id":"other","content":"x","source_name":"secret.md"}""" },
        { "list_documents", """{"client":"other"}""" },
        { "delete_document", """{"client":"other","source":"secret.md"}""" },
        { "query_company_context", """{"client":"other","query":"zanzibar"}""" },
        { "remember", """{"client":"other","text":"x"}""" },
        { "recall", """{"client":"other"}""" },
        { "recall", """{"client":"other","query":"zanzibar"}""" },
        { "sop_list", """{"client":"other"}""" },
        { "get_sop", """{"client":"other","name":"zanzibar"}""" },
    };

    public static TheoryData<string, string> WritesOfProcedures() => new()
    {
        { "save_sop", JsonSerializer.Serialize(new { client = "other", markdown = ContextFixture.Procedure("x", "X") }) },
        { "delete_sop", """{"client":"other","name":"zanzibar"}""" },
    };

    [Theory]
    [MemberData(nameof(CallsNamingTheOther))]
    [MemberData(nameof(WritesOfProcedures))]
    public async Task Call_NamingTheOtherCompany_AnswersAsForAnUnknownOne(string tool, string arguments)
    {
        var json = JsonSerializer.Deserialize<JsonElement>(arguments);

        var foreign = await context.FailAsync(context.Company("mine"), tool, json, "not_found");
        var unknown = await context.FailAsync(
            context.Company("mine"), tool, JsonSerializer.Deserialize<JsonElement>(arguments.Replace("\"other\"", "\"nobody\"", StringComparison.Ordinal)), "not_found");

        Assert.DoesNotContain(Secret, foreign, StringComparison.Ordinal);
        Assert.Equal(unknown.Replace("nobody", "other", StringComparison.Ordinal), foreign);
    }

    [Theory]
    [MemberData(nameof(CallsNamingTheOther))]
    public async Task Call_ByARunNamingTheOtherCompany_IsNotFound(string tool, string arguments)
    {
        var token = context.Run("mine", Run, AllTools);

        Assert.DoesNotContain(
            Secret, await context.FailAsync(token, tool, JsonSerializer.Deserialize<JsonElement>(arguments), "not_found"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query_company_context", """{"query":"zanzibar"}""")]
    [InlineData("query_company_context", """{"query":"plan company","limit":50}""")]
    [InlineData("recall", "{}")]
    [InlineData("recall", """{"query":"zanzibar"}""")]
    [InlineData("recall", """{"tags":["plan"]}""")]
    [InlineData("list_documents", "{}")]
    [InlineData("list_companies", "{}")]
    [InlineData("sop_list", "{}")]
    [InlineData("get_company_profile", "{}")]
    [InlineData("load_company_context", """{"company_id":"mine"}""")]
    public async Task Call_ForOneself_ShowsNothingOfTheOther(string tool, string arguments)
    {
        var result = await context.CallAsync(context.Company("mine"), tool, JsonSerializer.Deserialize<JsonElement>(arguments));

        Assert.NotEqual(true, result.IsError);
        Assert.DoesNotContain(Secret, ContextFixture.Text(result), StringComparison.Ordinal);
        Assert.DoesNotContain("other", ContextFixture.Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Call_ByANameOfTheOther_FindsNothingOfOnesOwn()
    {
        await context.FailAsync(context.Company("mine"), "delete_document", new { source = "secret.md" }, "not_found");
        await context.FailAsync(context.Company("mine"), "get_sop", new { name = Secret }, "not_found");
        await context.FailAsync(context.Company("mine"), "delete_sop", new { name = Secret }, "not_found");

        var kept = await context.OkAsync(context.Operator(), "query_company_context", new { client = "other", query = Secret });
        Assert.NotEmpty(kept.GetProperty("passages").EnumerateArray());
    }

    [Fact]
    public async Task SearchFunctions_CalledWithoutACompany_FindNothing()
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(context.Database.ConnectionString("context_tenant"));
        await using var command = source.CreateCommand(
            "select (select count(*) from agency.search_documents('zanzibar', 10)) + (select count(*) from agency.search_memories('zanzibar', '{}', 10))");

        Assert.Equal(0L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("context_agency", "select * from agency.search_documents('zanzibar', 10)")]
    [InlineData("operations_tenant", "select * from agency.search_documents('zanzibar', 10)")]
    [InlineData("context_tenant", "select * from agency.plan_search('other', 'document', 'zanzibar')")]
    [InlineData("context_tenant", "select * from agency.search_term")]
    public async Task SearchInternals_AskedByWhomTheyAreNotFor_AreRefused(string login, string sql)
    {
        await using var source = Npgsql.NpgsqlDataSource.Create(context.Database.ConnectionString(login));
        await using var command = source.CreateCommand(sql);

        var refusal = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteScalarAsync(TestContext.Current.CancellationToken));

        Assert.Equal(Npgsql.PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
    }
}
