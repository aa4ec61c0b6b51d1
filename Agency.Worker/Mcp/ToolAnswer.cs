using System.Text.Json.Nodes;
using Agency.WorkerProtocol;

namespace Agency.Worker.Mcp;

/// <summary>What came of a tool call.</summary>
internal sealed record ToolAnswer
{
    /// <summary>The structured content, else the text (as JSON when it is that); null when <see cref="TooLarge"/>.</summary>
    public JsonNode? Value { get; init; }

    /// <summary>The beginning of the answer as text, for people.</summary>
    public string Excerpt { get; init; } = "";

    /// <summary>Larger than the run's limit: nothing can be done with it but show its beginning.</summary>
    public bool TooLarge { get; init; }

    public RunError? Error { get; init; }

    public static ToolAnswer Failed(FailureKind kind, string message) =>
        new() { Error = new RunError(kind, ProtocolText.Clip(message, ProtocolText.MaxMessage)) };
}
