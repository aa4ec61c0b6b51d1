using System.Globalization;
using System.Text.Json;
using Agency.Data;

namespace Agency.Operations.Import;

/// <summary>Reads the fields of one definition by their kinds. What is wrong goes to the problems, and the field is null; null in a file is the same as nothing there.</summary>
internal sealed class FieldReader(int position, JsonElement element, List<ImportProblem> problems)
{
    public const int MaxText = 4000;

    public JsonElement? Value(string field) => element.TryGetProperty(field, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    public void Problem(string field, string message) => problems.Add(new ImportProblem(position, field, message));

    public string? Slug(string field, string rule, Func<string, bool> valid)
    {
        if (Value(field) is { ValueKind: JsonValueKind.String } value && valid(value.GetString()!))
        {
            return value.GetString();
        }

        Problem(field, Value(field) is null ? $"is missing: give {rule}." : $"must be {rule}.");
        return null;
    }

    /// <summary>Trimmed; null when nothing is left.</summary>
    public string? Text(string field, int maxLength)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        var text = value.ValueKind is JsonValueKind.String ? value.GetString()! : null;
        if (text is null || text.Length > maxLength || text.Contains('\0', StringComparison.Ordinal))
        {
            Problem(field, $"must be text of at most {maxLength} characters, without null characters.");
            return null;
        }

        return string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    public TEnum? Choice<TEnum>(string field)
        where TEnum : struct, Enum
    {
        if (Text(field, MaxText) is not { } text)
        {
            return null;
        }

        if (SnakeCase.TryParse<TEnum>(text, out var choice))
        {
            return choice;
        }

        Problem(field, $"must be one of {Names<TEnum>()}, but is '{Shorten(text)}'.");
        return null;
    }

    public IReadOnlyList<TEnum>? Choices<TEnum>(string field)
        where TEnum : struct, Enum
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        var choices = new List<TEnum>();
        if (value.ValueKind is JsonValueKind.Array
            && value.EnumerateArray().All(item =>
            {
                var known = item.ValueKind is JsonValueKind.String && SnakeCase.TryParse<TEnum>(item.GetString(), out var choice) ? choice : (TEnum?)null;
                choices.Add(known.GetValueOrDefault());
                return known is not null;
            }))
        {
            return choices;
        }

        Problem(field, $"must be an array of any of {Names<TEnum>()}.");
        return null;
    }

    public DateTimeOffset? Instant(string field)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.String && Instants.TryParse(value.GetString(), out var instant))
        {
            return instant;
        }

        Problem(field, $"must be {Instants.Rule}.");
        return null;
    }

    public int? Number(string field, int min, int max)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Number && value.TryGetInt32(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Problem(field, $"must be a whole number from {min} to {max}.");
        return null;
    }

    public double? Fraction(string field, double min, double max)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && number >= min && number <= max)
        {
            return number;
        }

        Problem(field, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}."));
        return null;
    }

    public bool? Flag(string field)
    {
        if (Value(field) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Problem(field, "must be true or false.");
        return null;
    }

    public static string Shorten(string text) => new([.. text.Take(60).Where(c => !char.IsControl(c))]);

    private static string Names<TEnum>()
        where TEnum : struct, Enum => string.Join(", ", Enum.GetValues<TEnum>().Select(SnakeCase.Of));
}
