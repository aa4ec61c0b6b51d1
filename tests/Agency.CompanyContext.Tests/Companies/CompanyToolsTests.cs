using System.Text.Json;

namespace Agency.CompanyContext.Tests.Companies;

public sealed class CompanyToolsTests(ContextFixture context) : IClassFixture<ContextFixture>
{
    [Fact]
    public async Task InitCompany_WithEverything_KeepsIt()
    {
        var made = await context.OkAsync(context.Operator(), "init_company", new
        {
            company_id = "acme",
            name = "Acme Corp",
            time_zone = "Europe/Berlin",
            website = "https://acme.example",
            goals = new[] { "Grow" },
            contacts = new[] { new { name = "Ann", role = "CEO", email = "ann@acme.example" } },
            attributes = new { Size = "12 people" },
            currency = "USD",
            monthly_fee = 1500.5,
            sla_minutes = 30,
        });
        var read = await context.OkAsync(context.Company("acme", canWrite: false), "get_company_profile", new { });

        Assert.Equal("acme", made.GetProperty("client").GetString());
        Assert.Equal("Acme Corp", read.GetProperty("name").GetString());
        Assert.Equal("active", read.GetProperty("status").GetString());
        Assert.Equal("Europe/Berlin", read.GetProperty("time_zone").GetString());
        Assert.Equal("ann@acme.example", read.GetProperty("profile").GetProperty("contacts")[0].GetProperty("email").GetString());
        Assert.Equal("12 people", read.GetProperty("profile").GetProperty("attributes").GetProperty("Size").GetString());
        Assert.Equal("USD", read.GetProperty("terms").GetProperty("currency").GetString());
        Assert.Equal(1500.5m, read.GetProperty("terms").GetProperty("monthly_fee").GetDecimal());
    }

    [Fact]
    public async Task InitCompany_WithATakenId_ChangesNothing()
    {
        await context.OkAsync(context.Operator(), "init_company", new { company_id = "taken", name = "First" });

        var message = await context.FailAsync(context.Operator(), "init_company", new { company_id = "taken", name = "Second" }, "conflict");

        Assert.Contains("update_company_profile", message, StringComparison.Ordinal);
        Assert.Equal("First", (await context.OkAsync(context.Operator(), "get_company_profile", new { client = "taken" })).GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("bad id")]
    [InlineData("../x")]
    [InlineData("a\n")]
    public async Task InitCompany_WithABadId_IsRefused(string id) =>
        await context.FailAsync(context.Operator(), "init_company", new { company_id = id }, "invalid");

    [Fact]
    public async Task InitCompany_WithABadField_CreatesNothing()
    {
        await context.FailAsync(context.Operator(), "init_company", new { company_id = "half", time_zone = "Mars/Base" }, "invalid");

        await context.FailAsync(context.Operator(), "get_company_profile", new { client = "half" }, "not_found");
    }

    [Fact]
    public async Task UpdateCompanyProfile_WithOneField_LeavesTheOthers()
    {
        await context.OkAsync(context.Operator(), "init_company", new { company_id = "part", name = "Part", summary = "Old.", industry = "Mining", goals = new[] { "a" } });

        var changed = await context.OkAsync(context.Company("part"), "update_company_profile", new { summary = "New.", goals = Array.Empty<string>(), industry = "" });

        var profile = changed.GetProperty("profile");
        Assert.Equal("Part", changed.GetProperty("name").GetString());
        Assert.Equal("New.", profile.GetProperty("summary").GetString());
        Assert.Equal(JsonValueKind.Null, profile.GetProperty("industry").ValueKind);
        Assert.Empty(profile.GetProperty("goals").EnumerateArray());
        Assert.Equal("EUR", changed.GetProperty("terms").GetProperty("currency").GetString());
    }

    [Theory]
    [InlineData("""{"time_zone":"Berlin"}""", "time zone")]
    [InlineData("""{"currency":"euro"}""", "currency")]
    [InlineData("""{"monthly_fee":-1}""", "monthly_fee")]
    [InlineData("""{"fee_per_successful_run":0.00001}""", "fee_per_successful_run")]
    [InlineData("""{"sla_minutes":0}""", "sla_minutes")]
    [InlineData("""{"website":"javascript:alert(1)"}""", "website")]
    [InlineData("""{"contacts":[{"name":"Ann","email":"ann at acme"}]}""", "email")]
    [InlineData("""{"name":"  "}""", "name")]
    [InlineData("""{"summary":"a\u0000b"}""", "U+0000")]
    [InlineData("""{"weight":0}""", "weight")]
    public async Task UpdateCompanyProfile_WithABadValue_NamesIt(string arguments, string expected)
    {
        await context.Database.AddCompanyAsync("rules");
        var all = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments)!;
        all["client"] = JsonSerializer.SerializeToElement("rules");

        Assert.Contains(expected, await context.FailAsync(context.Operator(), "update_company_profile", all, "invalid"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"monthly_fee":0}""")]
    [InlineData("""{"currency":"USD"}""")]
    [InlineData("""{"weight":9}""")]
    [InlineData("""{"max_concurrent_runs":9}""")]
    [InlineData("""{"sla_minutes":9}""")]
    public async Task UpdateCompanyProfile_OfTermsByTheClient_IsForbidden(string arguments)
    {
        await context.Database.AddCompanyAsync("client");

        await context.FailAsync(context.Company("client"), "update_company_profile", JsonSerializer.Deserialize<JsonElement>(arguments), "forbidden");
    }

    [Fact]
    public async Task ListCompanies_PageByPage_GivesEachOnce()
    {
        foreach (var id in (string[])["list-a", "list-b", "list-C"])
        {
            await context.Database.AddCompanyAsync(id);
        }

        var seen = new List<string?>();
        string? cursor = null;
        do
        {
            var page = await context.OkAsync(context.Operator(), "list_companies", new { limit = 2, cursor });
            seen.AddRange(ContextFixture.Each(page.GetProperty("items"), "client"));
            cursor = page.GetProperty("next_cursor").GetString();
        }
        while (cursor is not null);

        Assert.Equal(seen.Distinct().Count(), seen.Count);
        Assert.Superset(new HashSet<string?> { "list-a", "list-b", "list-C" }, seen.ToHashSet());
        Assert.Equal(["list-b"], ContextFixture.Each((await context.OkAsync(context.Company("list-b"), "list_companies", new { })).GetProperty("items"), "client"));
    }

    [Fact]
    public async Task ArchiveCompany_Twice_StaysArchivedSinceTheFirst()
    {
        await context.Database.AddCompanyAsync("old");

        var first = await context.OkAsync(context.Operator(), "archive_company", new { company_id = "old" });
        var second = await context.OkAsync(context.Operator(), "archive_company", new { company_id = "old" });

        Assert.Equal("archived", first.GetProperty("status").GetString());
        Assert.Equal(first.GetProperty("archived_at").GetDateTimeOffset(), second.GetProperty("archived_at").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Contains("old", ContextFixture.Each((await context.OkAsync(context.Operator(), "list_companies", new { status = "archived" })).GetProperty("items"), "client"));
    }

    [Fact]
    public async Task OperatorsTools_CalledByACompany_AreForbidden()
    {
        await context.Database.AddCompanyAsync("plain");

        await context.FailAsync(context.Company("plain"), "init_company", new { company_id = "more" }, "forbidden");
        await context.FailAsync(context.Company("plain"), "archive_company", new { company_id = "plain" }, "forbidden");
        await context.FailAsync(context.Tokens.Viewer("context"), "archive_company", new { company_id = "plain" }, "forbidden");
    }
}
