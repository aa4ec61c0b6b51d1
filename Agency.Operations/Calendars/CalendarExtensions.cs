using Agency.ServiceDefaults.Mcp;

namespace Agency.Operations.Calendars;

internal static class CalendarExtensions
{
    /// <summary>The days on which clients' schedules are not due.</summary>
    public static IMcpServerBuilder AddCalendars(this IMcpServerBuilder mcp)
    {
        mcp.Services.AddScoped<ExcludedDates>();
        return mcp.WithAgencyTools<CalendarTools>();
    }
}
