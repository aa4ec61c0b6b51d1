using Agency.Testing;

namespace Agency.Scheduler.Tests.Dispatch;

/// <summary>A client whose turn it is, with nothing that can start, keeps nobody else from it.</summary>
public sealed class BlockedClientTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    [Theory]
    [InlineData("update agency.run set available_at = available_at + interval '1 hour' where company_id = 'a'")]
    [InlineData("update agency.run set cancel_requested_at = now() where company_id = 'a'")]
    public async Task Claim_FirstInTurnHasOnlyWhatCannotStart_ServesTheNext(string blocked)
    {
        foreach (var company in (string[])["a", "b"])
        {
            await Test.AddCompanyAsync(company, company);
            await AddWorkflowAsync(company, "w", null, null);
            await AddRunAsync(company, "w");
        }

        await Test.ExecuteAsync(blocked);

        Assert.Equal("b", Assert.Single(await NewClaimer().ClaimAsync(1, default)).Key.CompanyId.Value);
    }
}
