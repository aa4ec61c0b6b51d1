namespace Agency.WorkerProtocol;

/// <summary>The workflow a run is an occurrence of.</summary>
public sealed record RunWorkflow(string Id, string Type);
