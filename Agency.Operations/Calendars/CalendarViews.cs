using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data;
using Agency.Data.Scheduling;

namespace Agency.Operations.Calendars;

/// <summary>A date that a caller wants to exclude.</summary>
internal sealed record DateToExclude
{
    [Description("The date, such as 2026-12-25.")]
    public string? Date { get; init; }

    [Description("What day it is, such as Christmas Day.")]
    [StringLength(ExcludedDates.MaxName)]
    public string? Name { get; init; }
}

/// <summary>An excluded date of a client.</summary>
internal sealed record ExcludedDateView(CompanyId Client, DateOnly Date, string Name)
{
    public static ExcludedDateView Of(ExcludedDate date) => new(date.CompanyId, date.Date, date.Name);
}

/// <summary>A workflow whose next occurrence is another one now.</summary>
/// <param name="Id">The workflow.</param>
/// <param name="From">When it was due next.</param>
/// <param name="To">When it is due next; null when it is not any more.</param>
internal sealed record MovedWorkflow(WorkflowId Id, DateTimeOffset From, DateTimeOffset? To);

/// <summary>What a change of a client's calendar did.</summary>
/// <param name="Client">The client.</param>
/// <param name="Changed">Dates that were added, named anew or removed.</param>
/// <param name="Unchanged">Dates that were so already.</param>
/// <param name="MovedCount">How many workflows are due at another time next.</param>
/// <param name="Moved">The first of them.</param>
internal sealed record ChangedCalendar(CompanyId Client, int Changed, int Unchanged, int MovedCount, IReadOnlyList<MovedWorkflow> Moved);
