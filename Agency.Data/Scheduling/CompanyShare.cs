namespace Agency.Data.Scheduling;

/// <summary>
/// How far a company has come in the fair sharing of workers: its virtual time, in runs started divided by the company's weight. The company
/// that is furthest behind is served next. Start-time fair queuing, after P. Goyal, H. M. Vin and H. Cheng, SIGCOMM 1996.
/// </summary>
public sealed class CompanyShare
{
    public required CompanyId CompanyId { get; init; }

    /// <summary>Virtual time at which its next run may start.</summary>
    public required double VirtualTime { get; init; }
}
