using Agency.Chaos.Tests.Records;

namespace Agency.Chaos.Tests.Checks;

internal static class AllChecks
{
    private static readonly Func<History, CheckResult>[] Checks =
    [
        OccurrenceChecks.Covered,
        OccurrenceChecks.NotBeforeTheirTime,
        ExecutionChecks.OneExecutionOfARunAtATime,
        ExecutionChecks.OneRunOfAWorkflowAtATime,
        ExecutionChecks.WithinCaps,
        ExecutionChecks.WithinCapsByRows,
        AccountingChecks.NothingIsOpen,
        AccountingChecks.EachEndsOnce,
        AccountingChecks.SuccessesAreComplete,
        AccountingChecks.EachEntryIsKnown,
        AccountingChecks.OnlyTheHolderSettles,
        RuleChecks.FailuresAreCounted,
        RuleChecks.ManualRunsExistOnce,
        RuleChecks.CancelledRunsAreCancelled,
        RuleChecks.NothingIsPlannedWhilePaused,
        RuleChecks.NothingStartsDuringAHold,
        RuleChecks.ProcessesBehave,
    ];

    public static IReadOnlyList<CheckResult> Run(History history) => [.. Checks.Select(check => check(history))];
}
