using Agency.Scheduler.Gateway;
using Agency.Scheduler.Sandboxing;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Workers;

/// <summary>Starts a worker, isolated as this machine allows, and waits until it is ready.</summary>
internal sealed class WorkerStarter(WorkerCommand command, SandboxLadder ladder, WorkFolder folders, GatewayServer gateways, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan WarmUpTime = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _choosing = new(1, 1);

    /// <summary>Chooses the level of isolation. Null when no worker starts at any level that may be used.</summary>
    /// <exception cref="SandboxRefusedException">No worker can be isolated as it must be.</exception>
    public Task<WorkerProcess?> StartFirstAsync(CancellationToken cancellationToken) => ladder.ChooseAsync(sandbox => StartAsync(sandbox, cancellationToken));

    /// <summary>At the level that was chosen. Where none has been yet, since no worker came up, it is tried anew: none is started at a lesser one.</summary>
    /// <exception cref="WorkerStartException">It did not start.</exception>
    public async Task<WorkerProcess> StartAsync(CancellationToken cancellationToken)
    {
        if (ladder.Sandbox is null)
        {
            await _choosing.WaitAsync(cancellationToken);
            try
            {
                if (ladder.Sandbox is null)
                {
                    return await StartFirstAsync(cancellationToken)
                        ?? throw new WorkerStartException("No worker can be started; the scheduler's log says what is missing for each level of isolation.");
                }
            }
            catch (SandboxRefusedException e)
            {
                throw new WorkerStartException(e.Message, e);
            }
            finally
            {
                _choosing.Release();
            }
        }

        return await StartAsync(ladder.Sandbox, cancellationToken);
    }

    public void Dispose() => _choosing.Dispose();

    private async Task<WorkerProcess> StartAsync(Sandbox sandbox, CancellationToken cancellationToken)
    {
        WorkerProcess worker;
        try
        {
            worker = await WorkerProcess.StartAsync(command, sandbox, folders, gateways, time);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw new WorkerStartException($"The worker could not be started: {e.Message}", e);
        }

        try
        {
            using var limit = new CancellationTokenSource(WarmUpTime, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            var first = await worker.NextAsync(either.Token);
            if (first is { Event: ReadyEvent { Protocol: RunEnvelope.CurrentProtocol } })
            {
                worker.Admit();
                return worker;
            }

            throw new WorkerStartException(first switch
            {
                null => $"The worker ended before it was ready: {await worker.DescribeEndAsync()}.",
                { Event: ReadyEvent ready } => $"The worker speaks protocol {ready.Protocol}, this scheduler {RunEnvelope.CurrentProtocol}. Deploy both together.",
                _ => "The worker's first line was not 'ready'.",
            });
        }
        catch (Exception e)
        {
            await worker.DisposeAsync();
            throw e is OperationCanceledException && !cancellationToken.IsCancellationRequested
                ? new WorkerStartException($"The worker was not ready within {WarmUpTime.TotalSeconds:0} s.", e)
                : e;
        }
    }
}

/// <summary>A worker did not come up: no fault of the run.</summary>
internal sealed class WorkerStartException(string message, Exception? inner = null) : Exception(message, inner);
