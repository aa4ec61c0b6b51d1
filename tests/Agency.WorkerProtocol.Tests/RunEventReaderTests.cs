using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agency.WorkerProtocol.Tests;

public sealed class RunEventReaderTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static readonly RunEvent[] EveryEvent =
    [
        new ReadyEvent { At = At, Protocol = 1, ProcessId = 42 },
        new StartedEvent { At = At, RunId = "r", Sop = "s", Steps = 2 },
        new ContextInjectedEvent { At = At, ProfileBytes = 12, ProfileUpdatedAt = At, Query = "q", Passages = 1, PassageIds = ["p1"] },
        new StepStartedEvent { At = At, Ordinal = 1, Title = "t", Tool = "context.recall" },
        new StepFinishedEvent { At = At, Ordinal = 1, Title = "t", Status = StepStatus.Recorded, DurationMs = 3, Result = "é\n\"", SpanId = "00f067aa0ba902b7" },
        new StepFinishedEvent { At = At, Ordinal = 2, Title = "t", Tool = "context.recall", Status = StepStatus.Failed, DurationMs = 3, Error = new(FailureKind.Timeout, "slow"), Truncated = true },
        new NoteEvent { At = At, Message = "n" },
        new SpanEvent
        {
            At = At, TraceId = "4bf92f3577b34da6a3ce929d0e0e4736", SpanId = "00f067aa0ba902b7", ParentSpanId = "00f067aa0ba902b8", Name = "n", Kind = SpanKind.Client,
            StartUnixNanos = 1, EndUnixNanos = 2, Attributes = new Dictionary<string, string> { ["a.b"] = "c" }, Status = SpanStatus.Error,
        },
        new OutcomeEvent { At = At, Outcome = RunOutcome.Failed, Error = new(FailureKind.Permanent, "m"), Summary = "s", ToolCalls = 1 },
        new OutcomeEvent { At = At, Outcome = RunOutcome.Succeeded, Summary = "s", ToolCalls = 1 },
    ];

    [Fact]
    public async Task ReadAll_WrittenEvents_ComeBackEqual()
    {
        using var stream = new MemoryStream();
        var writer = new RunEventWriter(stream);
        foreach (var e in EveryEvent) writer.Write(e);
        stream.Position = 0;

        var read = await ReadAsync(new Trickle(stream, 7));

        Assert.All(read, line => Assert.Null(line.Violation));
        Assert.Equivalent(EveryEvent, read.Select(line => line.Event), strict: true);
        Assert.Equal(EveryEvent.Select(e => e.GetType()), read.Select(line => line.Event!.GetType()));
    }

    /// <summary>Events are written by hand: this finds what was forgotten.</summary>
    [Fact]
    public void Write_EveryEvent_HoldsEveryProperty()
    {
        var types = typeof(RunEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(RunEvent))).ToList();

        Assert.Equal(types.OrderBy(t => t.Name), EveryEvent.Select(e => e.GetType()).Distinct().OrderBy(t => t.Name));
        foreach (var type in types)
        {
            var properties = type.GetProperties().Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name)).Append("type");
            var written = EveryEvent.Where(e => e.GetType() == type).SelectMany(e => JsonNode.Parse(Written(e))!.AsObject().Select(p => p.Key)).Distinct();
            Assert.Equal(properties.Order(), written.Order());
        }
    }

    [Fact]
    public void Write_Event_IsOneLineOfSnakeCase()
    {
        Assert.Equal(
            """{"type":"step_finished","ordinal":1,"title":"t","status":"recorded","duration_ms":3,"result":"é\n\"","truncated":false,"span_id":"00f067aa0ba902b7","at":"2026-03-02T09:00:00+00:00"}""" + "\n",
            Written(EveryEvent[4]));
    }

    [Fact]
    public async Task ReadAll_MoreThanAWorkerMayWrite_StopsReading()
    {
        // One line without an end, of which no part is ever an event.
        using var endless = new Repeated("x"u8.ToArray());

        var read = await ReadAsync(endless);

        Assert.Equal([false, true], read.Select(line => line.IsLast));
        Assert.Equal($"more than {RunEventReader.MaxBytes} bytes in all", read[^1].Violation);
        Assert.InRange(endless.Given, RunEventReader.MaxBytes, RunEventReader.MaxBytes + (2 * RunEventReader.MaxLineBytes));
    }

    [Fact]
    public async Task ReadAll_MoreLinesThanAWorkerMayWrite_StopsReading()
    {
        using var endless = new Repeated("\n"u8.ToArray());

        var read = await ReadAsync(endless);

        Assert.Equal(RunEventReader.MaxLines + 1, read.Count);
        Assert.Equal($"more than {RunEventReader.MaxLines} lines", read[^1].Violation);
        Assert.True(read[^1].IsLast);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"at":"2026-03-02T09:00:00Z","message":"no type"}""")]
    [InlineData("""{"type":"unheard_of","at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":7,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"note","at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"note","at":"2026-03-02T09:00:00Z","message":null}""")]
    [InlineData("""{"type":"note","at":"2026-03-02T09:00:00Z","message":{}}""")]
    [InlineData("""{"type":"note","at":"2026-03-02T09:00:00Z","message":"a","message":"b"}""")]
    [InlineData("""{"type":"note","at":"2026-03-02T09:00:00Z","message":"\ud800"}""")]
    [InlineData("""{"type":"note","at":"yesterday","message":"m"}""")]
    [InlineData("""{"type":"note","at":"2026-03-02T09:00:00Z","message":"m"} trailing""")]
    [InlineData("""{"type":"step_finished","ordinal":1,"title":"t","status":99,"duration_ms":3,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"step_finished","ordinal":1,"title":"t","status":"99","duration_ms":3,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"step_finished","ordinal":1,"title":"t","status":"succeeded,recorded","duration_ms":3,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"step_finished","ordinal":0,"title":"t","status":"recorded","duration_ms":3,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"step_finished","ordinal":1,"title":"t","status":"failed","duration_ms":3,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"step_finished","ordinal":99999999999,"title":"t","status":"recorded","duration_ms":3,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"context_injected","profile_bytes":1,"profile_updated_at":null,"query":"q","passages":1,"passage_ids":[null],"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"outcome","outcome":"succeeded","error":{"kind":"transient","message":"m"},"summary":"s","tool_calls":1,"at":"2026-03-02T09:00:00Z"}""")]
    [InlineData("""{"type":"outcome","outcome":"failed","summary":"s","tool_calls":1,"at":"2026-03-02T09:00:00Z"}""")]
    public async Task ReadAll_BadLine_IsAViolationAndTheNextLineIsRead(string line)
    {
        var read = await ReadAsync(Stream($"{line}\n{Note("after")}\n"));

        Assert.Equal(2, read.Count);
        Assert.NotNull(read[0].Violation);
        Assert.Null(read[0].Event);
        Assert.Equal("after", Assert.IsType<NoteEvent>(read[1].Event).Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public async Task ReadAll_OversizedLine_IsOneViolationAndTheNextLineIsRead(int chunk)
    {
        var read = await ReadAsync(new Trickle(Stream(new string('x', 3 * RunEventReader.MaxLineBytes) + "\n" + Note("after") + "\n"), chunk));

        Assert.Equal(2, read.Count);
        Assert.Contains("more than 65536 bytes", read[0].Violation, StringComparison.Ordinal);
        Assert.IsType<NoteEvent>(read[1].Event);
    }

    [Fact]
    public async Task ReadAll_LineOfExactlyTheLimit_IsRead()
    {
        var note = Note(new string('x', RunEventReader.MaxLineBytes - Note("").Length));
        Assert.Equal(RunEventReader.MaxLineBytes, note.Length);

        Assert.IsType<NoteEvent>(Assert.Single(await ReadAsync(Stream(note + "\n"))).Event);
        Assert.NotNull(Assert.Single(await ReadAsync(Stream(note + " \n"))).Violation);
    }

    [Fact]
    public async Task ReadAll_NoLineFeedAtTheEnd_IsAViolation()
    {
        var read = await ReadAsync(Stream($"{Note("whole")}\n{Note("cut")}"));

        Assert.IsType<NoteEvent>(read[0].Event);
        Assert.Contains("unfinished", read[1].Violation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAll_InvalidUtf8_IsAViolation()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes(Note("x"))[..^2], 0xFF, .. "\"}\n"u8];

        Assert.NotNull(Assert.Single(await ReadAsync(new MemoryStream(bytes))).Violation);
    }

    [Fact]
    public async Task ReadAll_NulCharacter_IsReplaced()
    {
        var read = await ReadAsync(Stream(Note("a\\u0000b") + "\n"));

        Assert.Equal("a\uFFFDb", Assert.IsType<NoteEvent>(Assert.Single(read).Event).Message);
    }

    [Theory]
    [InlineData("ZZf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 1, 2)]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", "short", 1, 2)]
    [InlineData("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", 2, 1)]
    public async Task ReadAll_WrongSpan_IsAViolation(string traceId, string spanId, long start, long end)
    {
        using var stream = new MemoryStream();
        new RunEventWriter(stream).Write(((SpanEvent)EveryEvent[7]) with { TraceId = traceId, SpanId = spanId, StartUnixNanos = start, EndUnixNanos = end });
        stream.Position = 0;

        Assert.NotNull(Assert.Single(await ReadAsync(stream)).Violation);
    }

    [Fact]
    public void Write_OversizedEvent_Throws() =>
        Assert.Throws<ArgumentException>(() => new RunEventWriter(System.IO.Stream.Null).Write(new NoteEvent { At = At, Message = new string('x', 70_000) }));

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("longer", 5, "long…")]
    [InlineData("abc😀def", 5, "abc…")]
    public void Clip_Text_FitsAndKeepsPairsWhole(string text, int max, string expected) => Assert.Equal(expected, ProtocolText.Clip(text, max));

    private static string Note(string message) => $$"""{"type":"note","at":"2026-03-02T09:00:00Z","message":"{{message}}"}""";

    private static string Written(RunEvent e)
    {
        using var stream = new MemoryStream();
        new RunEventWriter(stream).Write(e);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static MemoryStream Stream(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<List<RunEventLine>> ReadAsync(Stream stream)
    {
        var lines = new List<RunEventLine>();
        await foreach (var line in new RunEventReader(stream).ReadAllAsync()) lines.Add(line);
        return lines;
    }
}
