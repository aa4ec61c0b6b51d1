using System.Text.Json.Nodes;

namespace Agency.Sops;

/// <summary>A value that a workflow gives to its procedure, read as <c>{{ inputs.name }}</c>.</summary>
/// <param name="Name">A letter or underscore, then letters, digits, underscores and hyphens.</param>
/// <param name="Description">For the person or model that registers a workflow.</param>
/// <param name="Required">A run without it fails at once.</param>
/// <param name="Default">Taken when the workflow gives none; null means JSON null.</param>
public sealed record SopInput(string Name, string? Description, bool Required, JsonNode? Default);
