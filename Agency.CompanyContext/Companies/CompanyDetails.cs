using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Agency.Data;
using Agency.Data.Companies;
using Agency.Data.Context;
using Agency.ServiceDefaults.Mcp;

namespace Agency.CompanyContext.Companies;

/// <summary>A person at the client.</summary>
internal sealed record Contact(
    [property: Description("Full name."), StringLength(200, MinimumLength = 1)] string Name,
    [property: Description("What the person does or decides."), StringLength(200)] string? Role = null,
    [property: Description("E-mail address."), StringLength(320)] string? Email = null);

/// <summary>What runs are told of a client.</summary>
internal sealed record ProfileView(
    string? Industry,
    string? Website,
    string? Summary,
    string? ToneOfVoice,
    IReadOnlyList<string> Goals,
    IReadOnlyList<Contact> Contacts,
    IReadOnlyDictionary<string, string> Attributes,
    DateTimeOffset UpdatedAt)
{
    public static ProfileView Of(CompanyProfile profile) => new(
        profile.Industry, profile.Website, profile.Summary, profile.ToneOfVoice, profile.Goals, Read<List<Contact>>(profile.Contacts),
        Read<Dictionary<string, string>>(profile.Attributes), profile.UpdatedAt);

    private static T Read<T>(JsonElement? json)
        where T : new() =>
        json is { } value ? value.Deserialize<T>(AgencyJson.Options) ?? new T() : new T();
}

/// <summary>What was agreed with a client.</summary>
internal sealed record TermsView(string Currency, decimal MonthlyFee, decimal FeePerSuccessfulRun, int SlaMinutes, DateTimeOffset UpdatedAt)
{
    public static TermsView Of(CompanyTerms terms) =>
        new(terms.Currency, terms.MonthlyFee, terms.FeePerSuccessfulRun, terms.SlaMinutes, terms.UpdatedAt);
}

/// <summary>Everything of a client's directory entry, profile and terms.</summary>
internal sealed record CompanyDetails(
    CompanyId Client,
    string Name,
    CompanyStatus Status,
    string TimeZone,
    int Weight,
    int MaxConcurrentRuns,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ArchivedAt,
    ProfileView Profile,
    TermsView Terms)
{
    public static CompanyDetails Of(Company company, CompanyProfile profile, CompanyTerms terms) => new(
        company.CompanyId, company.Name, company.Status, company.TimeZone, company.Weight, company.MaxConcurrentRuns, company.CreatedAt,
        company.ArchivedAt, ProfileView.Of(profile), TermsView.Of(terms));
}

/// <summary>A client in a list.</summary>
internal sealed record CompanySummary(
    CompanyId Client, string Name, CompanyStatus Status, string TimeZone, DateTimeOffset CreatedAt, DateTimeOffset? ArchivedAt)
{
    public static CompanySummary Of(Company company) =>
        new(company.CompanyId, company.Name, company.Status, company.TimeZone, company.CreatedAt, company.ArchivedAt);
}
