using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>What every tool must have; a server with one that lacks it does not start.</summary>
internal sealed partial class AgencyToolConventions(IEnumerable<McpServerTool> tools) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var faults = tools.SelectMany(tool => Faults(tool).Select(fault => $"{tool.ProtocolTool.Name}: {fault}")).ToArray();
        return faults.Length == 0
            ? Task.CompletedTask
            : throw new InvalidOperationException($"Tools break the conventions of the house:{Environment.NewLine}{string.Join(Environment.NewLine, faults)}");
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public static IEnumerable<string> Faults(McpServerTool tool)
    {
        var definition = tool.ProtocolTool;
        if (tool is not AgencyTool)
        {
            yield return "register it with WithAgencyTools<T>(), or its calls are neither checked nor authorized";
        }

        if (!ToolName().IsMatch(definition.Name))
        {
            yield return "the name must be snake_case and at most 64 characters";
        }

        if (string.IsNullOrWhiteSpace(definition.Title))
        {
            yield return "Title is missing";
        }

        if (string.IsNullOrWhiteSpace(definition.Description))
        {
            yield return "[Description] is missing";
        }

        if (definition.Annotations is not { ReadOnlyHint: not null, DestructiveHint: not null, IdempotentHint: not null, OpenWorldHint: not null })
        {
            yield return "all four hints must be given: ReadOnly, Destructive, Idempotent, OpenWorld";
        }

        if (definition.OutputSchema is not { } output || !output.TryGetProperty("type", out var type) || type.ValueKind is not System.Text.Json.JsonValueKind.String || !type.ValueEquals("object"))
        {
            yield return "set UseStructuredContent = true and return an object that is never null (wrap a list in Page<T> or a record)";
        }

        if (definition.InputSchema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (!property.Value.TryGetProperty("description", out var description) || string.IsNullOrWhiteSpace(description.GetString()))
                {
                    yield return $"the argument {property.Name} has no [Description]";
                }
            }
        }
    }

    [GeneratedRegex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$(?<=^.{1,64})")]
    private static partial Regex ToolName();
}
