using System.Text.Json.Nodes;

namespace Agency.Operations.Demo;

/// <summary>One tool call that makes a part of the demo.</summary>
/// <param name="Server">operations, context or health.</param>
/// <param name="Tool">The tool's name.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="MayExist">A conflict means that an earlier, interrupted seeding made it already.</param>
internal sealed record DemoCall(string Server, string Tool, JsonObject Arguments, bool MayExist = false);
