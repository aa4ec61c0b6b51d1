using System.Text.Json.Nodes;

namespace Agency.WorkerProtocol;

/// <summary>
/// All that a worker is told, as one JSON line on its standard input. It holds no credential: the gateway behind
/// <see cref="GatewaySocket"/> knows which run it serves.
/// </summary>
public sealed record RunEnvelope
{
    /// <summary>The version of this protocol. A worker refuses any other.</summary>
    public const int CurrentProtocol = 1;

    /// <summary>The longest envelope, in bytes without its line feed.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    public required int Protocol { get; init; }

    public required string RunId { get; init; }

    public required RunCompany Company { get; init; }

    public required RunWorkflow Workflow { get; init; }

    /// <summary>The procedure's Markdown, parsed by the worker.</summary>
    public required string Sop { get; init; }

    /// <summary>The workflow's inputs, as given; the procedure's defaults are applied by the worker.</summary>
    public JsonObject Inputs { get; init; } = [];

    /// <summary>Which attempt of this occurrence it is, from 1.</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset ScheduledFor { get; init; }

    public required RunLimits Limits { get; init; }

    /// <summary>The path of the Unix socket through which all HTTP goes, to <c>http://gateway/{server}/mcp</c>.</summary>
    public required string GatewaySocket { get; init; }

    /// <summary>The MCP servers that the gateway forwards to, by name.</summary>
    public required IReadOnlyList<string> Servers { get; init; }

    /// <summary>The W3C trace parent of the run's span; null starts a trace of its own.</summary>
    public string? Traceparent { get; init; }
}
