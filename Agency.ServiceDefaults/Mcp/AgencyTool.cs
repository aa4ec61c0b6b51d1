using System.Text.Json;
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

    public AgencyTool(McpServerTool inner)
        : base(inner)
    {
        var tool = inner.ProtocolTool;
        ProtocolTool = new Tool
        {
            Name = tool.Name,
            Title = tool.Title,
            Description = tool.Description,
            InputSchema = ToolSchemas.Input(tool.InputSchema, out _parameterNames),
            OutputSchema = tool.OutputSchema,
            Annotations = tool.Annotations,
            Icons = tool.Icons,
            Meta = tool.Meta,
        };
        OperatorOnly = inner.Metadata.OfType<OperatorOnlyAttribute>().Any();
        NotForRuns = inner.Metadata.OfType<NotForRunsAttribute>().Any();
    }

    public override Tool ProtocolTool { get; }

    public bool OperatorOnly { get; }

    public bool NotForRuns { get; }

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
