using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Tenancy;

namespace Agency.Operations.Import;

/// <summary>Imports for a caller.</summary>
internal sealed class WorkflowTransfer(WorkflowImporter importer, CallerDatabase database, Caller caller)
{
    public async Task<Result<ImportOutcome>> ImportAsync(string content, ImportMode mode, CancellationToken cancellationToken)
    {
        await using var context = database.Open(caller.Company);
        return await importer.ImportAsync(context, caller.Company, content, mode, caller.Subject, cancellationToken);
    }
}
