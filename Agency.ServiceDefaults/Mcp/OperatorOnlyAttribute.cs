namespace Agency.ServiceDefaults.Mcp;

/// <summary>A tool, or every tool of a class, for the agency's own people: companies and runs neither see nor call it.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class OperatorOnlyAttribute : Attribute;
