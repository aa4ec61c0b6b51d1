using System.Diagnostics.CodeAnalysis;

namespace Agency.Data;

/// <summary>
/// Names a client company, the tenant: a slug of 1 to 64 ASCII letters, digits, underscores and hyphens, compared exactly.
/// </summary>
public readonly record struct CompanyId : IComparable<CompanyId>
{
    /// <summary>The rule in words, for error messages and tool documentation.</summary>
    public const string Rule = "1 to 64 letters A-Z a-z, digits, '_' or '-'";

    private readonly string? _value;

    /// <exception cref="FormatException"><paramref name="value"/> breaks the <see cref="Rule"/>.</exception>
    public CompanyId(string value) =>
        _value = Slug.IsValid(value, 64) ? value : throw new FormatException($"'{Slug.Printable(value)}' is not a company id: {Rule}.");

    /// <summary>The slug. Throws for <c>default(CompanyId)</c>: an absent company must never look like one.</summary>
    public string Value => _value ?? throw new InvalidOperationException("A default CompanyId names no company.");

    public static bool TryParse([NotNullWhen(true)] string? text, out CompanyId id)
    {
        var valid = Slug.IsValid(text, 64);
        id = valid ? new CompanyId(text!) : default;
        return valid;
    }

    public int CompareTo(CompanyId other) => string.CompareOrdinal(_value, other._value);

    public override string ToString() => _value ?? "";

    public static bool operator <(CompanyId left, CompanyId right) => left.CompareTo(right) < 0;

    public static bool operator >(CompanyId left, CompanyId right) => left.CompareTo(right) > 0;

    public static bool operator <=(CompanyId left, CompanyId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(CompanyId left, CompanyId right) => left.CompareTo(right) >= 0;
}
