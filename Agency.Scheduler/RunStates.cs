using Agency.Data;
using Agency.Data.Runs;

namespace Agency.Scheduler;

/// <summary>Sets of run states as the database writes them.</summary>
internal static class RunStates
{
    public static readonly string[] Open = [.. RunTransitions.Open.Select(SnakeCase.Of)];
}
