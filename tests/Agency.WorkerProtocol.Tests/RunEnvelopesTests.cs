using System.Text;
using System.Text.Json.Nodes;

namespace Agency.WorkerProtocol.Tests;

public sealed class RunEnvelopesTests
{
    private static readonly RunEnvelope Envelope = new()
    {
        Protocol = RunEnvelope.CurrentProtocol,
        RunId = "r1",
        Company = new("acme", "Acme"),
        Workflow = new("onboarding-acme", "client_onboarding"),
        Sop = "# T\n\n1. é",
        Inputs = new JsonObject { ["a"] = new JsonArray(1, "x", null) },
        Attempt = 1,
        ScheduledFor = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
        Limits = new(60, 30, 1000),
        GatewaySocket = "/run/g.sock",
        Servers = ["context"],
        Traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    };

    [Fact]
    public void TryParse_OwnLine_ComesBackEqual()
    {
        var line = RunEnvelopes.ToLine(Envelope);

        Assert.Equal(line.Length - 1, Array.IndexOf(line, (byte)'\n'));
        Assert.True(RunEnvelopes.TryParse(line.AsSpan(0, line.Length - 1), out var parsed, out var error), error);
        Assert.Equal(Envelope.Inputs.ToJsonString(), parsed.Inputs.ToJsonString());
        Assert.Equal(Envelope.Servers, parsed.Servers);
        Assert.Equal(Envelope with { Inputs = parsed.Inputs, Servers = parsed.Servers }, parsed);
    }

    [Theory]
    [InlineData("", "not valid")]
    [InlineData("null", "Null stands where an object should")]
    [InlineData("{}", "not valid")]
    [InlineData("\"protocol\":2", "speaks protocol 2")]
    [InlineData("\"attempt\":0", "counts from 1")]
    [InlineData("\"run_timeout_seconds\":0", "positive")]
    [InlineData("\"run_id\":null", "'run_id' is missing")]
    [InlineData("\"run_id\":7", "'run_id' is not a text")]
    [InlineData("\"run_id\":\"a\",\"run_id\":\"b\"", "not valid")]
    [InlineData("\"attempt\":1.5", "'attempt' is not a whole number")]
    [InlineData("\"scheduled_for\":\"yesterday\"", "'scheduled_for' is not a time")]
    [InlineData("\"scheduled_for\":7", "'scheduled_for' is not a time")]
    [InlineData("\"servers\":[null]", "'servers' is not a list of texts")]
    [InlineData("\"servers\":\"context\"", "not valid")]
    [InlineData("\"inputs\":7,\"rest\":{\"a\":[1", "not valid")]
    public void TryParse_WrongLine_SaysWhy(string change, string expected)
    {
        var line = Encoding.UTF8.GetString(RunEnvelopes.ToLine(Envelope));
        if (change.StartsWith('"'))
        {
            var member = change.Split(':')[0];
            var start = line.IndexOf(member, StringComparison.Ordinal);
            line = line[..start] + change + line[line.IndexOf(',', start)..];
        }
        else
        {
            line = change;
        }

        Assert.False(RunEnvelopes.TryParse(Encoding.UTF8.GetBytes(line), out var envelope, out var error));
        Assert.Null(envelope);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void ToLine_TooLong_Throws() =>
        Assert.Throws<ArgumentException>(() => RunEnvelopes.ToLine(Envelope with { Sop = new string('x', RunEnvelope.MaxBytes) }));
}
