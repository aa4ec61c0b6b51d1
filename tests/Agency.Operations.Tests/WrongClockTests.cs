using Agency.ServiceDefaults.Clock;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Operations.Tests;

/// <summary>A server whose machine's clock is wrong by two hours writes what schedulers understand.</summary>
public sealed class WrongClockTests(OperationsFixture operations) : IClassFixture<OperationsFixture>
{
    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Requests_FromAMachineWithAWrongClock_CountFromTheDatabasesNow(int hours)
    {
        var client = hours > 0 ? "ahead" : "behind";
        await operations.Database.AddCompanyAsync(client);
        await using var server = await operations.StartServerAsync(
            builder => builder.Services.Replace(ServiceDescriptor.Singleton(new MachineClock(new WrongClock(TimeSpan.FromHours(hours))))));
        Assert.IsType<DatabaseClock>(server.Services.GetRequiredService<TimeProvider>());
        var mcp = await server.ConnectAsync(operations.Tokens.Operator("operations"));

        await mcp.AskAsync("register_workflow", $$"""{"client":"{{client}}","type":"t","id":"w","schedule":"@hourly"}""");
        await mcp.AskAsync("run_workflow_now", $$"""{"client":"{{client}}","id":"w"}""");
        await mcp.AskAsync("pause_work", $$"""{"client":"{{client}}","reason":"r"}""");

        Assert.True(await operations.Database.ScalarAsync<bool>("""
            select abs(extract(epoch from h.starts_at - now())) < 300 and abs(extract(epoch from r.available_at - now())) < 300
                   and abs(extract(epoch from w.schedule_set_at - now())) < 300 and w.next_run between now() - interval '5 minutes' and now() + interval '1 hour'
            from agency.workflow w join agency.run r using (company_id) join agency.work_hold h using (company_id) where company_id = $1
            """, client));
    }

    private sealed class WrongClock(TimeSpan wrongBy) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + wrongBy;
    }
}
