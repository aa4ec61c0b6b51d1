namespace Agency.Sops;

/// <summary>One numbered step: a tool call, or guidance that is recorded and not executed.</summary>
/// <param name="Number">The position in the document, from 1, whatever number the author wrote.</param>
/// <param name="Title">The step's leading bold text or first sentence, without markup.</param>
/// <param name="Instructions">The step's Markdown without its tool call.</param>
/// <param name="Call">What to execute, or null for guidance.</param>
/// <param name="Line">The line in the document, from 1.</param>
public sealed record SopStep(int Number, string Title, string Instructions, SopToolCall? Call, int Line);
