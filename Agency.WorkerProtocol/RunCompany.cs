namespace Agency.WorkerProtocol;

/// <summary>The company a run is for.</summary>
public sealed record RunCompany(string Id, string Name);
