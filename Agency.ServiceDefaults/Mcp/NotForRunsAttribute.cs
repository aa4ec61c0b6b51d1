namespace Agency.ServiceDefaults.Mcp;

/// <summary>A tool, or every tool of a class, that no run may call although a client's own procedure may name it.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class NotForRunsAttribute : Attribute;
