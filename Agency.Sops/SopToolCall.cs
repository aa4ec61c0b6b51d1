using System.Text.Json.Nodes;

namespace Agency.Sops;

/// <summary>The MCP call of a step.</summary>
/// <param name="Tool">The server and the tool.</param>
/// <param name="ArgumentsTemplate">The arguments; string values may hold templates. Render with <see cref="SopTemplate.TryRender"/>.</param>
/// <param name="As">The name under which later steps find the result: <c>{{ steps.name }}</c>.</param>
/// <param name="Line">The line of the fence in the document, from 1.</param>
public sealed record SopToolCall(SopTool Tool, JsonObject ArgumentsTemplate, string As, int Line);
