using Agency.Data;

namespace Agency.Operations.Runs;

internal static class RunErrors
{
    public static Error BadId() => Error.Invalid("run_id must be a UUID. Call list_runs to see the ids.");

    public static Error NoSuchRun(RunId id) => Error.NotFound($"There is no run '{id}' for you. Call list_runs to see the ids.");
}
