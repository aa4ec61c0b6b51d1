using System.Diagnostics;
using System.Runtime.CompilerServices;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Workers;

/// <summary>
/// Makes the spans that a worker reports part of what the scheduler exports, under the ids they have: the servers' spans name them as parents.
/// </summary>
internal static class WorkerSpans
{
    public const string SourceName = "Agency.Worker";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Does nothing when nobody collects traces, and for a span that is not of the run's trace: a worker may not write into another's.</summary>
    /// <param name="span">As the worker reported it.</param>
    /// <param name="traceParent">The trace parent that the worker was given.</param>
    public static void Export(SpanEvent span, string? traceParent)
    {
        if (!ActivityContext.TryParse(traceParent, null, out var run)
            || !ActivityContext.TryParse($"00-{run.TraceId}-{span.ParentSpanId ?? run.SpanId.ToString()}-01", null, isRemote: true, out var parent)
            || !ActivityContext.TryParse($"00-{span.TraceId}-{span.SpanId}-01", null, out var own)
            || own.TraceId != run.TraceId)
        {
            return;
        }

        using var activity = Source.CreateActivity(span.Name, span.Kind is SpanKind.Client ? ActivityKind.Client : ActivityKind.Internal, parent);
        if (activity is null)
        {
            return;
        }

        activity.SetStartTime(Instant(span.StartUnixNanos)).Start();
        SpanIdOf(activity) = own.SpanId.ToHexString();
        foreach (var (name, value) in span.Attributes)
        {
            activity.SetTag(name, value);
        }

        activity.SetStatus(span.Status is SpanStatus.Error ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        activity.SetEndTime(Instant(span.EndUnixNanos));
    }

    private static DateTime Instant(long unixNanos) => DateTime.UnixEpoch.AddTicks(unixNanos / 100);

    /// <summary>.NET gives every activity a new span id and no public way to keep a given one; a test sees to it that this field goes on being it.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_spanId")]
    private static extern ref string? SpanIdOf(Activity activity);
}
