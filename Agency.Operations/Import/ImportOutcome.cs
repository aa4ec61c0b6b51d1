using Agency.Data;

namespace Agency.Operations.Import;

/// <summary>What is done with ids that a client has already.</summary>
internal enum ImportMode
{
    /// <summary>They are errors: nothing that there is may change.</summary>
    Add,

    /// <summary>They are changed to what the file says.</summary>
    Update,

    /// <summary>They are passed over, deleted ones and those of erased clients too: the file given at start.</summary>
    AddNew,
}

/// <summary>A workflow that an import wrote.</summary>
internal sealed record ImportedWorkflow(CompanyId Client, WorkflowId Id, DateTimeOffset? NextRun);

/// <summary>What an import did.</summary>
/// <param name="Added">Workflows that are new, or were deleted and begin anew.</param>
/// <param name="Updated">Workflows that were changed.</param>
/// <param name="Skipped">How many were passed over because they are there or were deleted, or their client was erased; only at start.</param>
/// <param name="CreatedClients">Clients that were not known and now have an empty profile.</param>
/// <param name="Warnings">What should be looked at.</param>
internal sealed record ImportOutcome(
    IReadOnlyList<ImportedWorkflow> Added,
    IReadOnlyList<ImportedWorkflow> Updated,
    int Skipped,
    IReadOnlyList<CompanyId> CreatedClients,
    IReadOnlyList<string> Warnings);
