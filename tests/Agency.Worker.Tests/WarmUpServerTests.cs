using Agency.Worker.Hosting;
using ModelContextProtocol.Client;

namespace Agency.Worker.Tests;

public sealed class WarmUpServerTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("2025-06-18")]
    public async Task WarmUpServer_AskedInTheNewAndInTheOlderWay_AnswersACall(string? protocolVersion)
    {
        using var http = new HttpClient(new WarmUpServer());
        await using var client = await McpClient.CreateAsync(
            new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri("http://gateway/context/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http),
            new McpClientOptions { ProtocolVersion = protocolVersion });

        var result = await client.CallToolAsync("recall", new Dictionary<string, object?>());

        Assert.False(result.IsError is true);
        Assert.Equal("{}", Assert.IsType<ModelContextProtocol.Protocol.TextContentBlock>(Assert.Single(result.Content)).Text);
    }
}
