using System.Diagnostics;
using Agency.Scheduler.Workers;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Tests.Workers;

public sealed class WorkerSpansTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Run = "b7ad6b7169203331";
    private const string TraceParent = $"00-{Trace}-{Run}-01";

    [Fact]
    public void Export_OfAReportedSpan_KeepsItsIdsAndTimes()
    {
        var exported = Export(Span("00f067aa0ba902b7"));

        var activity = Assert.Single(exported);
        Assert.Equal(Trace, activity.TraceId.ToHexString());
        Assert.Equal("00f067aa0ba902b7", activity.SpanId.ToHexString());
        Assert.Equal(Run, activity.ParentSpanId.ToHexString());
        Assert.Equal(TimeSpan.FromMilliseconds(5), activity.Duration);
        Assert.Equal("context.recall", activity.GetTagItem("tool"));
    }

    [Theory]
    [InlineData("00f067aa0ba902b7", "ffffffffffffffffffffffffffffffff")] // another run's trace
    [InlineData("0000000000000000", Trace)]
    [InlineData("00F067AA0BA902B7", Trace)]
    public void Export_OfAnIdThatIsNotTheRuns_DoesNothing(string span, string trace) => Assert.Empty(Export(Span(span) with { TraceId = trace }));

    private static List<Activity> Export(SpanEvent span)
    {
        var exported = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == WorkerSpans.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (exported)
                {
                    // Other tests' workers report spans meanwhile.
                    if (activity.OperationName == "tools/call of this test")
                    {
                        exported.Add(activity);
                    }
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        WorkerSpans.Export(span, TraceParent);
        return exported;
    }

    private static SpanEvent Span(string id) => new()
    {
        At = DateTimeOffset.UnixEpoch,
        TraceId = Trace,
        SpanId = id,
        ParentSpanId = Run,
        Name = "tools/call of this test",
        Kind = SpanKind.Client,
        StartUnixNanos = 1_795_431_264_000_000_000,
        EndUnixNanos = 1_795_431_264_005_000_000,
        Attributes = new Dictionary<string, string> { ["tool"] = "context.recall" },
        Status = SpanStatus.Ok,
    };
}
