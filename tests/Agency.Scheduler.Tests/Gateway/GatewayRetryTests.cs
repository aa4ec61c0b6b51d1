using System.Net;
using Agency.Data;
using Agency.Scheduler.Gateway;
using Agency.ServiceDefaults.Identity;
using Agency.Sops;
using Agency.Testing.Mcp;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Time.Testing;
using Polly;

namespace Agency.Scheduler.Tests.Gateway;

public sealed class GatewayRetryTests
{
    [Theory]
    [InlineData(HttpRequestError.ConnectionError, false, true)]
    [InlineData(HttpRequestError.NameResolutionError, false, true)]
    [InlineData(HttpRequestError.ResponseEnded, false, false)]
    [InlineData(HttpRequestError.ResponseEnded, true, true)]
    public void ShouldRetry_Exception_OnlyBeforeSendingOrWhenRepeatable(HttpRequestError error, bool repeatable, bool expected)
    {
        using var request = Request(repeatable);
        Assert.Equal(expected, GatewayRetry.ShouldRetry(Outcome.FromException<HttpResponseMessage>(new HttpRequestException(error)), request));
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, false, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, true, true)]
    [InlineData(HttpStatusCode.InternalServerError, true, false)]
    [InlineData(HttpStatusCode.OK, true, false)]
    public void ShouldRetry_Status_OnlyWhenRepeatable(HttpStatusCode status, bool repeatable, bool expected)
    {
        using var request = Request(repeatable);
        using var response = new HttpResponseMessage(status);
        Assert.Equal(expected, GatewayRetry.ShouldRetry(Outcome.FromResult(response), request));
    }

    [Theory]
    [InlineData("context", "get_company_profile", true)]
    [InlineData("operations", "get_company_profile", false)]
    [InlineData("operations", "say", false)]
    public void IsRepeatable_ToolCall_OnlyOfToolsKnownToRead(string server, string tool, bool expected) =>
        Assert.Equal(expected, GatewayRetry.IsRepeatable(server, new RpcRequest("1", RpcRequest.CallTool, tool)));

    [Fact]
    public void IsRepeatable_Listing_Is() => Assert.True(GatewayRetry.IsRepeatable("operations", new RpcRequest("1", "tools/list", null)));

    [Fact]
    public void Token_InALongRun_IsRenewedBeforeItEnds()
    {
        var time = new FakeTimeProvider(SchedulerTest.Noon);
        using var tokens = new TestTokens(time);
        var addresses = new ServerAddresses(new ConfigurationBuilder().AddInMemoryCollection(tokens.Settings).Build());
        var grant = new RunGrant(new CompanyId("acme"), RunId.New(time), [new SopTool("operations", "say"), SopTool.GetProfile]);
        var held = new RunTokens(tokens.Scheduler, addresses, time, grant);

        var first = held.For("operations");
        Assert.Equal(first, held.For("operations"));
        Assert.NotEqual(first, held.For("context"));
        time.Advance(RunTokens.Lifetime - TimeSpan.FromSeconds(30));
        Assert.NotEqual(first, held.For("operations"));
        Assert.Throws<InvalidOperationException>(() => held.For("health"));
    }

    private static HttpRequestMessage Request(bool repeatable)
    {
        var request = new HttpRequestMessage();
        request.Options.Set(GatewayRetry.Repeatable, repeatable);
        return request;
    }
}
