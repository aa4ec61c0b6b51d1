using Agency.Data;

namespace Agency.Operations.Registry;

internal static class RegistryErrors
{
    public static Error NoSuchWorkflow(WorkflowKey key) =>
        Error.NotFound($"There is no workflow '{key.Id}' of client '{key.Company}' for you. Call list_workflows to see the ids.");

    public static Error NoSuchWorkflow(WorkflowId id) =>
        Error.NotFound($"There is no workflow '{id}'. Call list_workflows to see the ids.");

    public static Error Ambiguous(WorkflowId id, IEnumerable<CompanyId> companies) => Error.Conflict(
        $"Several clients have a workflow '{id}' ({string.Join(", ", companies)}, ...). Name the one you mean in the argument client.");

    public static Error IdTaken(WorkflowKey key) => Error.Conflict(
        $"The client '{key.Company}' has a workflow '{key.Id}' already. Choose another id, leave it out to get a free one, or change the workflow with update_workflow.");

    public static Error Completed(WorkflowId id) =>
        Error.Conflict($"The workflow '{id}' is completed. Make it active with update_workflow_status before running it.");

    public static Error BadId() => Error.Invalid($"The id is not a workflow id: {WorkflowId.Rule}.");

    /// <summary>An argument that narrows a list to one workflow; null or empty does not.</summary>
    public static Result<WorkflowId?> ReadFilter(string? id)
    {
        if (string.IsNullOrEmpty(id))
        {
            return (WorkflowId?)null;
        }

        return WorkflowId.TryParse(id, out var wanted) ? wanted : BadId();
    }

    public static Error NeverOccurs(string schedule) =>
        Error.Invalid($"The schedule '{schedule}' never comes due. Check day and month with preview_schedule.");
}
