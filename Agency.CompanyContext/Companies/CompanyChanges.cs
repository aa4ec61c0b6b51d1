using System.Text.Json;
using Agency.Data.Companies;
using Agency.Data.Context;
using Agency.ServiceDefaults.Mcp;

namespace Agency.CompanyContext.Companies;

/// <summary>What a caller wants set; null leaves a field as it is, an empty text or list clears it.</summary>
internal sealed record CompanyChanges
{
    public string? Name { get; init; }

    public string? TimeZone { get; init; }

    public string? Industry { get; init; }

    public string? Website { get; init; }

    public string? Summary { get; init; }

    public string? ToneOfVoice { get; init; }

    public IReadOnlyList<string>? Goals { get; init; }

    public IReadOnlyList<Contact>? Contacts { get; init; }

    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    public string? Currency { get; init; }

    public decimal? MonthlyFee { get; init; }

    public decimal? FeePerSuccessfulRun { get; init; }

    public int? SlaMinutes { get; init; }

    public int? Weight { get; init; }

    public int? MaxConcurrentRuns { get; init; }

    /// <summary>Fields of the agreement and of the agency's own planning: the client itself does not set them.</summary>
    public IEnumerable<string> OperatorFields =>
        new (string Name, bool Given)[]
        {
            ("currency", Currency is not null), ("monthly_fee", MonthlyFee is not null), ("fee_per_successful_run", FeePerSuccessfulRun is not null),
            ("sla_minutes", SlaMinutes is not null), ("weight", Weight is not null), ("max_concurrent_runs", MaxConcurrentRuns is not null),
        }.Where(entry => entry.Given).Select(entry => entry.Name);

    private bool ChangesTerms => Currency is not null || MonthlyFee is not null || FeePerSuccessfulRun is not null || SlaMinutes is not null;

    private bool ChangesProfile =>
        Industry is not null || Website is not null || Summary is not null || ToneOfVoice is not null || Goals is not null || Contacts is not null
        || Attributes is not null;

    public void ApplyTo(Company company, CompanyProfile profile, CompanyTerms terms, DateTimeOffset now)
    {
        company.Name = Name?.Trim() ?? company.Name;
        company.TimeZone = TimeZone ?? company.TimeZone;
        company.Weight = Weight ?? company.Weight;
        company.MaxConcurrentRuns = MaxConcurrentRuns ?? company.MaxConcurrentRuns;
        if (ChangesTerms)
        {
            terms.Currency = Currency ?? terms.Currency;
            terms.MonthlyFee = MonthlyFee ?? terms.MonthlyFee;
            terms.FeePerSuccessfulRun = FeePerSuccessfulRun ?? terms.FeePerSuccessfulRun;
            terms.SlaMinutes = SlaMinutes ?? terms.SlaMinutes;
            terms.UpdatedAt = now;
        }

        if (ChangesProfile)
        {
            profile.Industry = Text(Industry, profile.Industry);
            profile.Website = Text(Website, profile.Website);
            profile.Summary = Text(Summary, profile.Summary);
            profile.ToneOfVoice = Text(ToneOfVoice, profile.ToneOfVoice);
            profile.Goals = Goals is null ? profile.Goals : [.. Goals];
            profile.Contacts = Contacts is null ? profile.Contacts : JsonSerializer.SerializeToElement(Contacts, AgencyJson.Options);
            profile.Attributes = Attributes is null ? profile.Attributes : JsonSerializer.SerializeToElement(Attributes, AgencyJson.Options);
            profile.UpdatedAt = now;
        }
    }

    private static string? Text(string? wanted, string? current) => wanted is null ? current : wanted.Trim() is { Length: > 0 } text ? text : null;
}
