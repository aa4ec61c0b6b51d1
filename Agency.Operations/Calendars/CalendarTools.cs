using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Calendars;

[McpServerToolType]
internal sealed class CalendarTools(ExcludedDates calendar)
{
    [McpServerTool(Name = "set_excluded_dates", Title = "Exclude dates from a client's schedules", ReadOnly = false, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Adds dates, such as public holidays, on which nothing of the client's schedules is due; dates that were added before stay. What would fall on one is no occurrence at all: it is neither moved nor recorded as skipped. Adding a date twice is no error; another name replaces the old one. A date is meant in each schedule's own time zone. Workflows with scheduling.observe_calendar false or without a schedule are not concerned. moved tells which workflows are due at another time now.")]
    public Task<ChangedCalendar> SetExcludedDates(
        [Description("The dates, each with its name.")][Length(1, ExcludedDates.MaxDates)] IReadOnlyList<DateToExclude> dates,
        [Description(ArgumentTexts.Client)] string? client = null,
        CancellationToken cancellationToken = default) =>
        calendar.SetAsync(client, dates, cancellationToken).OrThrow();

    [McpServerTool(Name = "remove_excluded_dates", Title = "Let a client's schedules be due on dates again", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Removes excluded dates of a client; one that is not excluded is no error. A workflow whose next occurrence the date had put off is due on it again, if that is still to come.")]
    public Task<ChangedCalendar> RemoveExcludedDates(
        [Description("The dates, such as 2026-12-25.")][Length(1, ExcludedDates.MaxDates)] IReadOnlyList<string> dates,
        [Description(ArgumentTexts.Client)] string? client = null,
        CancellationToken cancellationToken = default) =>
        calendar.RemoveAsync(client, dates, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_excluded_dates", Title = "List excluded dates", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the dates on which clients' schedules are not due, by client and date.")]
    public Task<Page<ExcludedDateView>> ListExcludedDates(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description("Only from this date on, such as 2026-11-23.")] string? from = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        calendar.ListAsync(client, from, cursor, limit, cancellationToken).OrThrow();
}
