using System.Net;
using System.Net.Sockets;
using Agency.ServiceDefaults.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Tests.Outbound;

public sealed class OutboundGuardTests
{
    private const string Public = "93.184.216.34";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://hooks.example.com/services/T0/B0/x")]
    [InlineData("https://hooks.example.com:8443/mcp?team=1")]
    [InlineData("HTTPS://Hooks.Example.COM/mcp")]
    [InlineData("https://xn--mgba3a4f16a.example/mcp")]
    [InlineData("https://93.184.216.34/mcp")]
    [InlineData("https://[2606:2800:220:1:248:1893:25c8:1946]/mcp")]
    public async Task Check_PublicAddress_IsFine(string url) => Assert.Null(await Guard(Public).CheckAsync("url", url, Stop));

    [Theory]
    [InlineData("http://hooks.example.com/", "https://")]
    [InlineData("ftp://hooks.example.com/", "https://")]
    [InlineData("file:///etc/passwd", "https://")]
    [InlineData("gopher://127.0.0.1:6379/_FLUSHALL", "https://")]
    [InlineData("https:hooks.example.com", "https://")]
    [InlineData("//hooks.example.com/", "https://")]
    [InlineData("hooks.example.com", "https://")]
    [InlineData("", "characters")]
    [InlineData("https://user:pw@hooks.example.com/", "user name or password")]
    [InlineData("https://@hooks.example.com/", "user name or password")]
    [InlineData("https://hooks.example.com@127.0.0.1/", "user name or password")]
    [InlineData("https://hooks.example.com/#x", "fragment")]
    [InlineData("https://hooks.example.com\\@127.0.0.1/", "backslash")]
    [InlineData("https://hooks.example.com/\r\nHost: x", "control character")]
    [InlineData(" https://hooks.example.com/", "blank")]
    [InlineData("https://2130706433/", "unusual")]
    [InlineData("https://0x7f000001/", "unusual")]
    [InlineData("https://0x7f.0.0.1/", "unusual")]
    [InlineData("https://0177.0.0.1/", "unusual")]
    [InlineData("https://017700000001/", "unusual")]
    [InlineData("https://127.1/", "unusual")]
    [InlineData("https://127.0.1/", "unusual")]
    [InlineData("https://0/", "unusual")]
    [InlineData("https://127.0.0.1./", "unusual")]
    [InlineData("https://1.2.3.4.5/", "unusual")]
    [InlineData("https://host.0x7f/", "unusual")]
    [InlineData("https://127%2e0%2e0%2e1/", "unusual|https://")]
    [InlineData("https://１２７.0.0.1/", "xn--")]
    [InlineData("https://ⓔxample.com/", "xn--")]
    [InlineData("https://127。0。0。1/", "xn--")]
    [InlineData("https://[fe80::1%25eth0]/", "unusual")]
    [InlineData("https://127.0.0.1/", "loopback")]
    [InlineData("https://127.255.255.254/", "loopback")]
    [InlineData("https://0.0.0.0/", "this host")]
    [InlineData("https://0.1.2.3/", "this host")]
    [InlineData("https://10.0.0.1/", "private")]
    [InlineData("https://172.16.0.1/", "private")]
    [InlineData("https://172.31.255.255/", "private")]
    [InlineData("https://192.168.1.1/", "private")]
    [InlineData("https://100.64.0.1/", "carrier-grade")]
    [InlineData("https://100.127.255.255/", "carrier-grade")]
    [InlineData("https://100.100.100.200/", "metadata")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "metadata")]
    [InlineData("https://168.63.129.16/", "metadata")]
    [InlineData("https://169.254.1.1/", "link-local")]
    [InlineData("https://192.0.2.1/", "documentation")]
    [InlineData("https://198.18.0.1/", "benchmarking")]
    [InlineData("https://224.0.0.1/", "multicast")]
    [InlineData("https://240.0.0.1/", "reserved")]
    [InlineData("https://255.255.255.255/", "broadcast")]
    [InlineData("https://[::]/", "this host")]
    [InlineData("https://[::1]/", "loopback")]
    [InlineData("https://[0:0:0:0:0:0:0:1]/", "loopback")]
    [InlineData("https://[::ffff:127.0.0.1]/", "loopback")]
    [InlineData("https://[::ffff:a00:1]/", "private")]
    [InlineData("https://[::127.0.0.1]/", "reserved")]
    [InlineData("https://[64:ff9b::127.0.0.1]/", "loopback")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/", "metadata")]
    [InlineData("https://[64:ff9b:1::a00:1]/", "NAT64")]
    [InlineData("https://[2002:7f00:1::]/", "6to4")]
    [InlineData("https://[2001:0:1::1]/", "Teredo")]
    [InlineData("https://[fc00::1]/", "unique local")]
    [InlineData("https://[fd12:3456::1]/", "unique local")]
    [InlineData("https://[fd00:ec2::254]/", "metadata")]
    [InlineData("https://[fe80::1]/", "link-local")]
    [InlineData("https://[fec0::1]/", "site-local")]
    [InlineData("https://[ff02::1]/", "multicast")]
    [InlineData("https://[2001:db8::1]/", "documentation")]
    [InlineData("https://[4000::1]/", "reserved")]
    public async Task Check_AnyOtherAddress_IsRefusedSayingWhy(string url, string why)
    {
        var error = await Guard(Public).CheckAsync("url", url, Stop);

        Assert.NotNull(error);
        Assert.Contains(why.Split('|'), part => error.Message.Contains(part, StringComparison.Ordinal));
        Assert.DoesNotContain("pw", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:192.168.0.1")]
    [InlineData("93.184.216.34 10.0.0.1")]
    public async Task Check_NameThatLeadsInside_IsRefusedNamingTheRemedy(string addresses)
    {
        var error = await Guard(addresses).CheckAsync("url", "https://innocent.example/", Stop);

        Assert.Contains("Outbound__Allow", error?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_NameThatIsUnknown_IsRefusedInTheWordsForOneThatLeadsInside()
    {
        var unknown = await Guard("").CheckAsync("url", "https://some.internal/", Stop);
        var inside = await Guard("10.1.2.3").CheckAsync("url", "https://some.internal/", Stop);

        Assert.Contains("cannot be found", unknown?.Message, StringComparison.Ordinal);
        Assert.Equal(unknown, inside);
    }

    [Theory]
    [InlineData("crm.internal", "http://crm.internal:8080/mcp", true)]
    [InlineData("*.internal", "http://crm.internal/", true)]
    [InlineData("*.internal", "https://internal/", false)]
    [InlineData("crm.internal", "https://xcrm.internal/", false)]
    [InlineData("10.1.0.0/16", "http://10.1.2.3/", true)]
    [InlineData("10.1.0.0/16", "https://crm.internal/", true)]
    [InlineData("10.1.0.0/16", "https://10.2.0.1/", false)]
    [InlineData("10.1.2.3", "http://10.1.2.3/", true)]
    [InlineData("::1, fd00::/8", "http://[fd00::5]/", true)]
    [InlineData("crm.internal", "http://user:pw@crm.internal/", false)]
    public async Task Check_WhatTheOperatorAllows_IsFineAndNothingElse(string allow, string url, bool fine) =>
        Assert.Equal(fine, await Guard("10.1.2.3", allow).CheckAsync("url", url, Stop) is null);

    [Theory]
    [InlineData("10.1.0.0/33")]
    [InlineData("https://crm.internal")]
    [InlineData("*")]
    [InlineData("crm.internal/8")]
    public void Options_EntryThatIsNone_AreRefused(string allow) =>
        Assert.Contains("Outbound__Allow=", new OutboundOptionsValidator().Validate(null, new OutboundOptions { Allow = allow }).FailureMessage, StringComparison.Ordinal);

    [Fact]
    public async Task Connect_NameThatIsReboundAfterTheCheck_IsRefusedAndNothingArrives()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var resolver = new ScriptedResolver([Public], ["127.0.0.1"]);
        var guard = new OutboundGuard(Options.Create(new OutboundOptions()), resolver);
        var url = $"https://rebound.example:{((IPEndPoint)listener.LocalEndpoint).Port}/";
        Assert.Null(await guard.CheckAsync("url", url, Stop));

        using var http = new HttpClient(OutboundHttp.CreateHandler(guard));
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(new Uri(url), Stop));

        Assert.Contains("loopback", OutboundHttp.Refusal(failure)?.Message, StringComparison.Ordinal);
        Assert.False(listener.Pending());
        Assert.Equal(2, resolver.Asked);
    }

    [Fact]
    public async Task Connect_AllowedHost_GoesToTheAddressThatWasCheckedWithoutAskingAgain()
    {
        await using var server = await StartServerAsync(http => http.Response.WriteAsync($"{http.Request.Host} {http.Request.Headers.TraceParent}", Stop));
        var resolver = new ScriptedResolver(["127.0.0.1"], ["203.0.113.1"]);
        var guard = new OutboundGuard(Options.Create(new OutboundOptions { Allow = "crm.internal" }), resolver);
        using var http = new HttpClient(OutboundHttp.CreateHandler(guard));
        var port = new Uri(server.Urls.Single()).Port;

        Assert.Equal($"crm.internal:{port} ", await http.GetStringAsync(new Uri($"http://crm.internal:{port}/"), Stop));

        Assert.Equal(1, resolver.Asked);
    }

    [Fact]
    public async Task Connect_Redirect_IsNotFollowed()
    {
        var asked = 0;
        await using var server = await StartServerAsync(http =>
        {
            Interlocked.Increment(ref asked);
            http.Response.Redirect("/latest/meta-data");
            return Task.CompletedTask;
        });
        using var http = new HttpClient(OutboundHttp.CreateHandler(Guard("127.0.0.1", "crm.internal")));

        using var answer = await http.GetAsync(new Uri($"http://crm.internal:{new Uri(server.Urls.Single()).Port}/"), Stop);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(1, asked);
    }

    private static async Task<WebApplication> StartServerAsync(RequestDelegate answer)
    {
        var app = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();
        app.Run(answer);
        await app.StartAsync(Stop);
        return app;
    }

    private static OutboundGuard Guard(string addresses, string? allow = null) =>
        new(Options.Create(new OutboundOptions { Allow = allow }), new ScriptedResolver(addresses.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Answers with one list after the other, and the last one from then on.</summary>
    private sealed class ScriptedResolver(params string[][] answers) : IHostResolver
    {
        public int Asked { get; private set; }

        public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            var answer = answers[Math.Min(Asked++, answers.Length - 1)];
            return answer.Length == 0
                ? throw new SocketException((int)SocketError.HostNotFound)
                : Task.FromResult<IReadOnlyList<IPAddress>>([.. answer.Select(IPAddress.Parse)]);
        }
    }
}
