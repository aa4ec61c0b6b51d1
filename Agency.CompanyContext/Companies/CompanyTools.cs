using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Auditing;
using Agency.Data.Companies;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.CompanyContext.Companies;

/// <summary>The tools over the directory of clients and their profiles.</summary>
[McpServerToolType]
internal sealed class CompanyTools(CompanyDirectory directory, CompanyProfiles profiles)
{
    private const string CompanyIdHelp = "The client company's id: 1 to 64 letters A-Z a-z, digits, '_' or '-', compared exactly.";
    private const string ClientHelp = "The client company's id, as list_companies gives it. Leave it out with a token that belongs to one company.";
    private const string NameHelp = "The client's name as people write it.";
    private const string TimeZoneHelp = "IANA time zone in which the client's schedules are read, such as Europe/Berlin.";
    private const string IndustryHelp = "What business the client is in.";
    private const string WebsiteHelp = "The client's web address, such as https://www.example.com.";
    private const string SummaryHelp = "Who the client is, in a few sentences. Every run for the client is told this first.";
    private const string ToneHelp = "How texts for the client should sound.";
    private const string GoalsHelp = "What the client wants to reach, one goal an entry.";
    private const string ContactsHelp = "People at the client.";
    private const string AttributesHelp = "Anything else worth knowing, as names and text values.";
    private const string CurrencyHelp = "ISO 4217 code of the fees, such as EUR.";
    private const string MonthlyFeeHelp = "Fixed fee for a calendar month, in the currency.";
    private const string RunFeeHelp = "Fee for each run that succeeded, in the currency.";
    private const string SlaHelp = "Minutes from a run's scheduled time within which it must have succeeded, unless its workflow sets its own.";

    [OperatorOnly]
    [McpServerTool(Name = "init_company", Title = "Add a client company", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Adds a client company with an empty profile, or with what is given here. Fails when the id is taken and then changes nothing. For the agency's operator.")]
    public Task<CompanyDetails> InitCompanyAsync(
        [Description(CompanyIdHelp)][StringLength(64, MinimumLength = 1)] string companyId,
        [Description(NameHelp + " Default: the id.")][StringLength(200, MinimumLength = 1)] string? name = null,
        [Description(TimeZoneHelp + " Default: UTC.")][StringLength(64, MinimumLength = 1)] string? timeZone = null,
        [Description(IndustryHelp)][StringLength(200)][Content] string? industry = null,
        [Description(WebsiteHelp)][StringLength(500)][Content] string? website = null,
        [Description(SummaryHelp)][StringLength(CompanyRules.MaxText)][Content] string? summary = null,
        [Description(ToneHelp)][StringLength(CompanyRules.MaxText)][Content] string? toneOfVoice = null,
        [Description(GoalsHelp)][Content] IReadOnlyList<string>? goals = null,
        [Description(ContactsHelp)][Content] IReadOnlyList<Contact>? contacts = null,
        [Description(AttributesHelp)][Content] IReadOnlyDictionary<string, string>? attributes = null,
        [Description(CurrencyHelp + " Default: EUR.")][RegularExpression("^[A-Z]{3}$")] string? currency = null,
        [Description(MonthlyFeeHelp + " Default: 0.")] decimal? monthlyFee = null,
        [Description(RunFeeHelp + " Default: 0.")] decimal? feePerSuccessfulRun = null,
        [Description(SlaHelp + " Default: 60.")][Range(1, 44640)] int? slaMinutes = null,
        CancellationToken cancellationToken = default) =>
        directory.InitAsync(
            companyId,
            new CompanyChanges
            {
                Name = name,
                TimeZone = timeZone,
                Industry = industry,
                Website = website,
                Summary = summary,
                ToneOfVoice = toneOfVoice,
                Goals = goals,
                Contacts = contacts,
                Attributes = attributes,
                Currency = currency,
                MonthlyFee = monthlyFee,
                FeePerSuccessfulRun = feePerSuccessfulRun,
                SlaMinutes = slaMinutes,
            },
            cancellationToken).OrThrow();

    [McpServerTool(Name = "get_company_profile", Title = "Read a client's profile", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Returns who a client company is: name, status, time zone, profile (industry, summary, tone of voice, goals, contacts) and the agreed terms.")]
    public Task<CompanyDetails> GetCompanyProfileAsync(
        [Description(ClientHelp)] string? client = null, CancellationToken cancellationToken = default) =>
        profiles.GetAsync(client, cancellationToken).OrThrow();

    [McpServerTool(Name = "update_company_profile", Title = "Change a client's profile", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Changes the fields that are given and leaves all others. A list or the attributes are replaced whole; an empty text or list clears the field. "
        + "Fees, currency, SLA, weight and concurrency are the operator's to change. Returns the whole profile afterwards.")]
    public Task<CompanyDetails> UpdateCompanyProfileAsync(
        [Description(ClientHelp)] string? client = null,
        [Description(NameHelp)][StringLength(200, MinimumLength = 1)] string? name = null,
        [Description(TimeZoneHelp)][StringLength(64, MinimumLength = 1)] string? timeZone = null,
        [Description(IndustryHelp)][StringLength(200)][Content] string? industry = null,
        [Description(WebsiteHelp)][StringLength(500)][Content] string? website = null,
        [Description(SummaryHelp)][StringLength(CompanyRules.MaxText)][Content] string? summary = null,
        [Description(ToneHelp)][StringLength(CompanyRules.MaxText)][Content] string? toneOfVoice = null,
        [Description(GoalsHelp)][Content] IReadOnlyList<string>? goals = null,
        [Description(ContactsHelp)][Content] IReadOnlyList<Contact>? contacts = null,
        [Description(AttributesHelp)][Content] IReadOnlyDictionary<string, string>? attributes = null,
        [Description(CurrencyHelp)][RegularExpression("^[A-Z]{3}$")] string? currency = null,
        [Description(MonthlyFeeHelp)] decimal? monthlyFee = null,
        [Description(RunFeeHelp)] decimal? feePerSuccessfulRun = null,
        [Description(SlaHelp)][Range(1, 44640)] int? slaMinutes = null,
        [Description("The client's share of the workers relative to other clients.")][Range(1, 1000)] int? weight = null,
        [Description("How many of the client's runs may execute at once.")][Range(1, 1000)] int? maxConcurrentRuns = null,
        CancellationToken cancellationToken = default) =>
        profiles.UpdateAsync(
            client,
            new CompanyChanges
            {
                Name = name,
                TimeZone = timeZone,
                Industry = industry,
                Website = website,
                Summary = summary,
                ToneOfVoice = toneOfVoice,
                Goals = goals,
                Contacts = contacts,
                Attributes = attributes,
                Currency = currency,
                MonthlyFee = monthlyFee,
                FeePerSuccessfulRun = feePerSuccessfulRun,
                SlaMinutes = slaMinutes,
                Weight = weight,
                MaxConcurrentRuns = maxConcurrentRuns,
            },
            cancellationToken).OrThrow();

    [McpServerTool(Name = "list_companies", Title = "List client companies", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists client companies by id. A token that belongs to one company sees that one. The id is what other tools take as client.")]
    public Task<Page<CompanySummary>> ListCompaniesAsync(
        [Description("Only companies in this state.")] CompanyStatus? status = null,
        [Description("next_cursor of the previous page.")] string? cursor = null,
        [Description("How many at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        directory.ListAsync(status, cursor, limit, cancellationToken).OrThrow();

    [OperatorOnly]
    [McpServerTool(Name = "archive_company", Title = "Archive a client company", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Ends the work for a client company: none of its workflows fires any more. Its records stay readable. Archiving twice changes nothing. For the agency's operator.")]
    public Task<CompanySummary> ArchiveCompanyAsync(
        [Description(CompanyIdHelp)] string companyId, CancellationToken cancellationToken = default) =>
        directory.ArchiveAsync(companyId, cancellationToken).OrThrow();
}
