using Agency.Scheduler.Workers;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.Scheduler.Tests.Workers;

/// <summary>The pool of the built service, which is not started: nothing claims runs here.</summary>
[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class WorkerPoolTests : IAsyncLifetime
{
    private readonly List<WorkerProcess> _taken = [];
    private StubServers _stubs = null!;
    private Microsoft.AspNetCore.Builder.WebApplication _app = null!;

    public async ValueTask InitializeAsync() => _stubs = await StubServers.StartAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _taken)
        {
            await worker.DisposeAsync();
        }

        await _app.DisposeAsync();
        await _stubs.DisposeAsync();
    }

    [Fact]
    public async Task Take_MoreThanWait_KeepsMoreWaitingAndLetsThemGoAgain()
    {
        var pool = await StartAsync(prewarmed: 1, workers: 3);
        await RunningScheduler.UntilAsync(() => Task.FromResult(pool.Waiting == 1));

        await TakeAsync(pool, 4);
        pool.Replace();
        await RunningScheduler.UntilAsync(() => Task.FromResult(pool.Waiting == 3));

        Assert.Equal(4, _taken.Select(worker => worker.Id).Distinct().Count());
        foreach (var left in (int[])[3, 2, 1, 1])
        {
            // The first time some run has found none since the last time.
            await pool.RetireAsync();
            Assert.Equal(left, pool.Waiting);
        }
    }

    [Fact]
    public async Task Take_NoneIsToWait_StartsOneAndKeepsNone()
    {
        var pool = await StartAsync(prewarmed: 0, workers: 3);

        await TakeAsync(pool, 2);

        Assert.Equal(0, pool.Waiting);
        Assert.All(_taken, worker => Assert.False(worker.HasExited));
    }

    [Fact]
    public async Task Take_TheOneThatWaitedHasDied_StartsAnother()
    {
        var pool = await StartAsync(prewarmed: 1, workers: 1);
        await RunningScheduler.UntilAsync(() => Task.FromResult(pool.Waiting == 1));
        await TakeAsync(pool, 1);

        // Another is not started while the run is still to begin.
        Assert.Equal(0, pool.Waiting);
        pool.Replace();
        await RunningScheduler.UntilAsync(() => Task.FromResult(pool.Waiting == 1));
        foreach (var id in SchedulerServiceTests.Workers().Except([_taken[0].Id]))
        {
            using var process = System.Diagnostics.Process.GetProcessById(id);
            process.Kill();
            await process.WaitForExitAsync();
        }

        await TakeAsync(pool, 1);

        Assert.False(_taken[1].HasExited);
    }

    private async Task<WorkerPool> StartAsync(int prewarmed, int workers)
    {
        _app = SchedulerApp.Build([.. _stubs.Tokens.Settings.Concat(_stubs.Settings)
            .Append(new("Tokens:SigningKey", _stubs.Tokens.SchedulerSigningKey)).Append(new("Logging:LogLevel:Default", "None"))
            .Append(new("ConnectionStrings:agency", "Host=127.0.0.1")).Append(new("AGENCY_WORKER_PATH", RunningScheduler.WorkerFolder))
            .Append(new("Scheduler:Prewarmed", $"{prewarmed}")).Append(new("Scheduler:Workers", $"{workers}"))
            .Select(p => $"--{p.Key}={p.Value}")]);
        var pool = _app.Services.GetRequiredService<WorkerPool>();
        await pool.StartAsync(default);
        return pool;
    }

    private async Task TakeAsync(WorkerPool pool, int count) =>
        _taken.AddRange(await Task.WhenAll(Enumerable.Range(0, count).Select(_ => pool.TakeAsync(default))));
}
