namespace Agency.Operations.Reports.Periods;

/// <summary>Which stretch of time a report covers, in calendar days of the client's time zone.</summary>
internal enum ReportPeriod
{
    /// <summary>The last whole week, Monday to Sunday.</summary>
    Weekly,

    /// <summary>The last whole calendar month.</summary>
    Monthly,

    /// <summary>The week that today lies in, as far as it has come.</summary>
    ThisWeek,

    /// <summary>The calendar month that today lies in, as far as it has come.</summary>
    ThisMonth,

    /// <summary>Between two given ends.</summary>
    Custom,
}
