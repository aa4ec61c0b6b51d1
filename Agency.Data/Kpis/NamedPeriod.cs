using System.Text.Json.Serialization;

namespace Agency.Data.Kpis;

/// <summary>
/// A period by its name, in calendar days of the company's time zone. Weeks begin on Monday (ISO 8601). The periods that contain today reach
/// to the end of their last day, so that <c>this_week</c> is the same seven days on every day of it.
/// </summary>
public enum NamedPeriod
{
    [JsonStringEnumMemberName("today")]
    Today,

    [JsonStringEnumMemberName("yesterday")]
    Yesterday,

    [JsonStringEnumMemberName("this_week")]
    ThisWeek,

    [JsonStringEnumMemberName("last_week")]
    LastWeek,

    /// <summary>Today and the six days before it.</summary>
    [JsonStringEnumMemberName("last_7_days")]
    Last7Days,

    [JsonStringEnumMemberName("this_month")]
    ThisMonth,

    [JsonStringEnumMemberName("last_month")]
    LastMonth,

    /// <summary>Today and the 29 days before it.</summary>
    [JsonStringEnumMemberName("last_30_days")]
    Last30Days,
}
