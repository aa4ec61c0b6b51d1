namespace Agency.Data.Companies;

/// <summary>What was agreed with a client: the price of the work and the time in which it is owed.</summary>
public sealed class CompanyTerms
{
    public required CompanyId CompanyId { get; init; }

    /// <summary>ISO 4217 code of the amounts.</summary>
    public string Currency { get; set; } = "EUR";

    /// <summary>Fixed fee for a calendar month; a shorter period is charged by its share of the month's days.</summary>
    public decimal MonthlyFee { get; set; }

    /// <summary>Fee for each run that succeeded.</summary>
    public decimal FeePerSuccessfulRun { get; set; }

    /// <summary>Minutes from a run's scheduled time within which it must have succeeded, unless its workflow sets its own.</summary>
    public int SlaMinutes { get; set; } = 60;

    public required DateTimeOffset UpdatedAt { get; set; }
}
