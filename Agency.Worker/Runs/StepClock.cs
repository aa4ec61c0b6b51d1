using Agency.Sops;
using Agency.WorkerProtocol;

namespace Agency.Worker.Runs;

/// <summary>Keeps a run and its steps to their time.</summary>
internal sealed class StepClock(RunLimits limits, TimeSpan? stepTimeout, TimeProvider time) : IDisposable
{
    private readonly CancellationTokenSource _run = new(TimeSpan.FromSeconds(limits.RunTimeoutSeconds), time);
    private readonly TimeSpan _step = stepTimeout ?? TimeSpan.FromSeconds(limits.StepTimeoutSeconds);

    /// <summary>The call's answer, or the error that says whose time ran out.</summary>
    public async Task<Mcp.ToolAnswer> LimitAsync(SopTool tool, Func<CancellationToken, Task<Mcp.ToolAnswer>> call)
    {
        using var step = new CancellationTokenSource(_step, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(step.Token, _run.Token);
        try
        {
            return await call(both.Token).WaitAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (both.IsCancellationRequested)
        {
            return Mcp.ToolAnswer.Failed(FailureKind.Timeout, _run.IsCancellationRequested
                ? $"The run took longer than {limits.RunTimeoutSeconds} s; '{tool}' was under way."
                : $"'{tool}' took longer than the step's {_step.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _run.Dispose();
}
