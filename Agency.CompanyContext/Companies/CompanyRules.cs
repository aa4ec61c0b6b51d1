using Agency.Data;
using Agency.Data.Workflows;
using Agency.ServiceDefaults.Identity;

namespace Agency.CompanyContext.Companies;

/// <summary>What may stand in a company's entry, profile and terms, and who may change which of it.</summary>
internal static class CompanyRules
{
    public const int MaxText = 8_000;
    public const int MaxItems = 50;
    private const decimal MaxAmount = 1_000_000_000m;

    /// <summary>The first thing wrong with <paramref name="changes"/>, or null.</summary>
    public static Error? Check(CompanyChanges changes, Caller caller) =>
        CheckAuthority(changes, caller)
        ?? (changes.Name is { } name && string.IsNullOrWhiteSpace(name) ? Error.Invalid("name is blank. Give the client's name, or leave it out.") : null)
        ?? PlainText.Check("name", changes.Name, 200, singleLine: true)
        ?? (changes.TimeZone is { } zone ? Schedule.FindZone(zone).Error : null)
        ?? PlainText.Check("industry", changes.Industry, 200, singleLine: true)
        ?? CheckWebsite(changes.Website)
        ?? PlainText.Check("summary", changes.Summary, MaxText)
        ?? PlainText.Check("tone_of_voice", changes.ToneOfVoice, MaxText)
        ?? CheckList("goals", changes.Goals, goal => string.IsNullOrWhiteSpace(goal) ? Error.Invalid("goals holds a blank entry. Leave it out.") : PlainText.Check("goals", goal, 1_000))
        ?? CheckList("contacts", changes.Contacts, CheckContact)
        ?? CheckList("attributes", changes.Attributes?.ToList(), CheckAttribute)
        ?? CheckTerms(changes);

    private static Error? CheckAuthority(CompanyChanges changes, Caller caller)
    {
        var fields = string.Join(", ", changes.OperatorFields);
        return fields.Length == 0 || caller.IsAgency
            ? null
            : Error.Forbidden($"Only the agency's operator changes {fields}. Call again without, or ask the operator.");
    }

    private static Error? CheckTerms(CompanyChanges changes) =>
        (changes.Currency is { } currency && (currency.Length != 3 || !currency.All(char.IsAsciiLetterUpper))
            ? Error.Invalid("currency must be an ISO 4217 code of three capital letters, such as EUR.")
            : null)
        ?? CheckAmount("monthly_fee", changes.MonthlyFee)
        ?? CheckAmount("fee_per_successful_run", changes.FeePerSuccessfulRun)
        ?? CheckRange("sla_minutes", changes.SlaMinutes, 1, 60 * 24 * 31)
        ?? CheckRange("weight", changes.Weight, 1, 1000)
        ?? CheckRange("max_concurrent_runs", changes.MaxConcurrentRuns, 1, 1000);

    private static Error? CheckAmount(string name, decimal? amount) =>
        amount is < 0 or > MaxAmount || (amount is { } value && decimal.Round(value, 4) != value)
            ? Error.Invalid($"{name} must be from 0 to {MaxAmount:0}, with at most four decimal places.")
            : null;

    private static Error? CheckRange(string name, int? value, int min, int max) =>
        value < min || value > max ? Error.Invalid($"{name} must be from {min} to {max}, but is {value}.") : null;

    private static Error? CheckWebsite(string? website) =>
        PlainText.Check("website", website, 500, singleLine: true)
        ?? (string.IsNullOrWhiteSpace(website) || (Uri.TryCreate(website.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? null
            : Error.Invalid("website must be an absolute address such as https://www.example.com."));

    private static Error? CheckContact(Contact contact) =>
        (string.IsNullOrWhiteSpace(contact.Name) ? Error.Invalid("A contact needs a name.") : null)
        ?? PlainText.Check("A contact's name", contact.Name, 200, singleLine: true)
        ?? PlainText.Check("A contact's role", contact.Role, 200, singleLine: true)
        ?? PlainText.Check("A contact's email", contact.Email, 320, singleLine: true)
        ?? (string.IsNullOrEmpty(contact.Email) || IsEmail(contact.Email)
            ? null
            : Error.Invalid($"The email of the contact {contact.Name} is not an address such as name@example.com. Correct it or leave it out."));

    /// <summary>Catches mistakes, not every address that no one has.</summary>
    private static bool IsEmail(string text) =>
        text.Split('@') is [{ Length: > 0 }, { Length: > 2 } host] && host.Contains('.', StringComparison.Ordinal) && host[0] != '.' && host[^1] != '.'
        && !text.Any(c => char.IsWhiteSpace(c) || c is '<' or '>' or ',' or ';' or '"');

    private static Error? CheckAttribute(KeyValuePair<string, string> attribute) =>
        (string.IsNullOrWhiteSpace(attribute.Key) ? Error.Invalid("attributes holds a blank name.") : null)
        ?? PlainText.Check("An attribute's name", attribute.Key, 100, singleLine: true)
        ?? PlainText.Check($"The attribute {attribute.Key}", attribute.Value ?? "", MaxText);

    private static Error? CheckList<T>(string name, IReadOnlyCollection<T>? items, Func<T, Error?> check) =>
        items is null ? null
        : items.Count > MaxItems ? Error.Invalid($"{name} has {items.Count} entries; at most {MaxItems} are kept.")
        : items.Select(check).FirstOrDefault(error => error is not null);
}
