using System.Diagnostics.CodeAnalysis;

namespace Agency.Data;

/// <summary>Names a workflow within its company: a slug of 1 to 128 ASCII letters, digits, underscores and hyphens, compared exactly.</summary>
public readonly record struct WorkflowId
{
    /// <summary>The rule in words, for error messages and tool documentation.</summary>
    public const string Rule = "1 to 128 letters A-Z a-z, digits, '_' or '-'";

    private readonly string? _value;

    /// <exception cref="FormatException"><paramref name="value"/> breaks the <see cref="Rule"/>.</exception>
    public WorkflowId(string value) =>
        _value = Slug.IsValid(value, 128) ? value : throw new FormatException($"'{Slug.Printable(value)}' is not a workflow id: {Rule}.");

    /// <summary>The slug. Throws for <c>default(WorkflowId)</c>.</summary>
    public string Value => _value ?? throw new InvalidOperationException("A default WorkflowId names no workflow.");

    public static bool TryParse([NotNullWhen(true)] string? text, out WorkflowId id)
    {
        var valid = Slug.IsValid(text, 128);
        id = valid ? new WorkflowId(text!) : default;
        return valid;
    }

    public override string ToString() => _value ?? "";
}
