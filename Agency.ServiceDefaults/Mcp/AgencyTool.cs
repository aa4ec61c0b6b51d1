using System.Collections.Frozen;
using System.Reflection;
using System.Text.Json;
using Agency.Data.Auditing;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>
/// A tool of the house around the SDK's: C# parameters in camelCase are snake_case arguments on the wire, and the advertised input schema is
/// the one that calls are checked against.
/// </summary>
internal sealed class AgencyTool : DelegatingMcpServerTool
{
    private readonly IReadOnlyDictionary<string, string> _parameterNames;

    /// <param name="inner">The SDK's tool.</param>
    /// <param name="method">What it calls, for the marks on its parameters.</param>
    public AgencyTool(McpServerTool inner, MethodInfo? method = null)
        : base(inner)
    {
        var tool = inner.ProtocolTool;
        var parameters = method?.GetParameters() ?? [];
        var secrets = parameters.Where(p => p.IsDefined(typeof(SecretAttribute))).Select(p => p.Name!).ToFrozenSet(StringComparer.Ordinal);
        ProtocolTool = new Tool
        {
            Name = tool.Name,
            Title = tool.Title,
            Description = tool.Description,
            InputSchema = ToolSchemas.Input(tool.InputSchema, secrets, out _parameterNames),
            OutputSchema = tool.OutputSchema,
            Annotations = tool.Annotations,
            Icons = tool.Icons,
            Meta = tool.Meta,
        };
        OperatorOnly = inner.Metadata.OfType<OperatorOnlyAttribute>().Any();
        NotForRuns = inner.Metadata.OfType<NotForRunsAttribute>().Any();
        OwnWords = inner.Metadata.OfType<OwnWordsAttribute>().Any();
        ContentArguments = parameters.Where(p => p.IsDefined(typeof(ContentAttribute)))
            .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name!)).ToFrozenSet(StringComparer.Ordinal);
    }

    public override Tool ProtocolTool { get; }

    public bool OperatorOnly { get; }

    public bool NotForRuns { get; }

    public bool OwnWords { get; }

    /// <summary>Arguments that are a client's content: the audit log keeps their length and hash.</summary>
    public FrozenSet<string> ContentArguments { get; }

    public bool ReadOnly => ProtocolTool.Annotations?.ReadOnlyHint is true;

    /// <summary>Expects arguments that <see cref="ArgumentValidator"/> has passed. A null is the same as an absent argument.</summary>
    public override ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.Params.Arguments = request.Params.Arguments?
            .Where(argument => argument.Value.ValueKind is not JsonValueKind.Null)
            .ToDictionary(argument => _parameterNames.GetValueOrDefault(argument.Key, argument.Key), argument => argument.Value);
        return base.InvokeAsync(request, cancellationToken);
    }
}
