using System.Text.Json;

namespace Agency.HealthMonitor.Tests.Kpis;

public sealed class AgencyOverviewTests(HealthServer server) : IClassFixture<HealthServer>
{
    [Fact]
    public async Task GetAgencyOverview_OfThreeClients_PagesThemAndTotalsAll()
    {
        foreach (var (id, currency, fee) in ((string, string, decimal)[])[("a", "EUR", 2m), ("b", "USD", 5m), ("c", "EUR", 1m)])
        {
            var company = await server.Database.AddCompanyAsync(id);
            await server.Database.ExecuteAsync(
                "update agency.company_terms set fee_per_successful_run = $2, currency = $3 where company_id = $1", id, fee, currency);
            await server.AddWorkflowAsync(company);
            await server.AddRunAsync(company, "succeeded", minutesAgo: 1, seconds: 10);
        }

        var first = await server.AsOperatorAsync("get_agency_overview", new { limit = 2 });
        var second = await server.AsOperatorAsync("get_agency_overview", new { limit = 2, cursor = first.GetProperty("next_cursor").GetString() });
        await server.Database.ExecuteAsync("""
            insert into agency.work_hold (hold_id, company_id, kind, starts_at, ends_at, reason, created_by, created_at) values
                (gen_random_uuid(), 'b', 'pause', now() - interval '1 hour', null, 'asked for', 'x', now()),
                (gen_random_uuid(), 'c', 'pause', now() - interval '2 hours', now() - interval '1 hour', 'over', 'x', now()),
                (gen_random_uuid(), 'c', 'maintenance', now() + interval '1 hour', now() + interval '2 hours', 'to come', 'x', now())
            """);
        var held = await server.AsOperatorAsync("get_agency_overview", new { });

        Assert.Equal([null, "asked for", null], Reasons(held));
        await server.Database.ExecuteAsync("insert into agency.work_hold (hold_id, kind, starts_at, reason, created_by, created_at) values (gen_random_uuid(), 'pause', now(), 'all', 'x', now())");
        Assert.All(Reasons(await server.AsOperatorAsync("get_agency_overview", new { })), Assert.NotNull);

        Assert.Equal(["a", "b"], Clients(first));
        Assert.Equal(["c"], Clients(second));
        Assert.Equal(JsonValueKind.Null, second.GetProperty("next_cursor").ValueKind);
        foreach (var page in (JsonElement[])[first, second])
        {
            Assert.Equal(3, page.GetProperty("totals").GetProperty("clients").GetInt32());
            Assert.Equal(3, page.GetProperty("totals").GetProperty("succeeded").GetInt64());
            Assert.Equal(
                [("EUR", 3m, 0.3m, 2.8m), ("USD", 5m, 0m, null)],
                page.GetProperty("money").EnumerateArray().Select(m => (
                    m.GetProperty("currency").GetString()!, m.GetProperty("revenue").GetDecimal(), m.GetProperty("cost").GetDecimal(),
                    m.GetProperty("margin").ValueKind == JsonValueKind.Null ? (decimal?)null : m.GetProperty("margin").GetDecimal())));
        }
    }

    private static IEnumerable<string?> Reasons(JsonElement page) => page.GetProperty("items").EnumerateArray()
        .Select(i => i.GetProperty("hold") is { ValueKind: JsonValueKind.Object } hold ? hold.GetProperty("reason").GetString() : null);

    private static IEnumerable<string?> Clients(JsonElement page) => page.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("client").GetString());
}
