using System.Diagnostics;
using Agency.AppHost;
using Agency.LocalHosting.Building;
using Agency.LocalHosting.Tests.Redis;

namespace Agency.LocalHosting.Tests;

/// <summary>The product's own AppHost: as a test starts it, and as a program that refuses.</summary>
public sealed class AppHostTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Topology_Started_IsHealthyAndSurvivesAKill()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<SigningKey>([], Ct);
        builder.CreateResourceBuilder<ProjectResource>("scheduler").WithReplicas(2);
        var app = await builder.BuildAsync(Ct);
        try
        {
            await app.StartAsync(Ct);
        }
        catch (DistributedApplicationException failure)
        {
            Assert.Fail(failure.Message + "\n" + string.Join('\n', app.GetLogLines()));
        }

        using var client = app.CreateHttpClient("operations");
        Assert.True((await client.GetAsync("/alive", Ct)).IsSuccessStatusCode);
        Assert.NotEqual(5101, client.BaseAddress!.Port);
        Assert.Equal(2, app.GetProcessIds("scheduler").Count);
        Assert.Contains("Username=operations_agency", await app.GetConnectionStringAsync("operations-agency", Ct), StringComparison.Ordinal);
        string redis = (await app.GetConnectionStringAsync("redis", Ct))!;
        Assert.Contains("local", await RespClient.EvalAsync(redis, "return ARGV[1]", "local", Ct), StringComparison.Ordinal);

        int killed = await app.KillResourceAsync("operations");
        await app.ResourceNotifications.WaitForResourceHealthyAsync("operations", Ct);
        Assert.DoesNotContain(killed, app.GetProcessIds("operations"));
    }

    [Fact]
    public async Task Program_StateInUse_SaysSoAndFails()
    {
        using var folder = new TemporaryFolder();
        using var held = StateFolder.Open(folder.Path);

        var (code, error) = await RunAsync(folder.Path, []);

        Assert.Equal(1, code);
        Assert.Contains("already runs on this state", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Program_ProductionWithADefaultClient_SaysWhyAndFails()
    {
        using var folder = new TemporaryFolder();

        var (code, error) = await RunAsync(folder.Path, ["--PRODUCTION_MODE=true", "--JULES_COMPANY=acme"]);

        Assert.Equal(1, code);
        Assert.Contains("PRODUCTION_MODE=true refuses JULES_COMPANY ('acme')", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> RunAsync(string state, string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SigningKey).Assembly.Location, .. args]) { RedirectStandardError = true };
        start.Environment["AGENCY_HOME"] = state;
        using var process = Process.Start(start)!;
        string error = await process.StandardError.ReadToEndAsync(Ct);
        await process.WaitForExitAsync(Ct);
        return (process.ExitCode, error);
    }
}
