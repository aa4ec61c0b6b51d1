namespace Agency.ServiceDefaults.Clock;

/// <summary>The clock of the machine, which may be wrong and may be set at any moment; its timestamps are steady.</summary>
public sealed record MachineClock(TimeProvider Time);
