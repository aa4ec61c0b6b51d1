namespace Agency.WorkerProtocol;

/// <summary>What a run may take.</summary>
/// <param name="RunTimeoutSeconds">For the whole run; the scheduler kills the worker some time after it.</param>
/// <param name="StepTimeoutSeconds">For one step, unless the procedure sets its own.</param>
/// <param name="MaxResultBytes">The largest tool result that later steps can use; a larger one is cut and only shown.</param>
public sealed record RunLimits(int RunTimeoutSeconds, int StepTimeoutSeconds, int MaxResultBytes);
