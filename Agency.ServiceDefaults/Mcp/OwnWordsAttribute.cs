namespace Agency.ServiceDefaults.Mcp;

/// <summary>A tool whose answer holds ids, figures and words of the agency alone: its text needs no marks. See <see cref="MarkedText"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OwnWordsAttribute : Attribute;
