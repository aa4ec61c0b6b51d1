using Agency.Data;

namespace Agency.Operations.Registry;

/// <summary>Which workflow of which client.</summary>
internal readonly record struct WorkflowKey(CompanyId Company, WorkflowId Id);
