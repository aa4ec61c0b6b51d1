using Agency.Benchmarks.Measuring;
using Quartz;

namespace Agency.Benchmarks.Contenders;

/// <summary>Quartz.NET as one node of a cluster on PostgreSQL.</summary>
internal sealed class QuartzContender(int jobs, int backlogJobs) : IContender
{
    /// <summary>On two cores faster than 10 and than 50; firing rounds without its lock, the default, are twice as fast as with it.</summary>
    private const int Threads = 20;
    private const string Template = "template";

    public string Name => "quartz";

    public string Description => $"Quartz 4.7.3 clustered: {Threads} threads, batches of {Threads}, idle wait 1 s";

    /// <summary>A trigger that has fired for the last time is deleted.</summary>
    public bool KeepsHistory => false;

    public int DueJobs => jobs;

    public int BacklogJobs => backlogJobs;

    public bool IsSlow => true;

    public async Task CreateSchemaAsync(BenchmarkDatabase database, CancellationToken cancellationToken)
    {
        var scheduler = await BuildAsync(database, cancellationToken);
        await scheduler.Start(cancellationToken);
        await scheduler.Shutdown(waitForJobsToComplete: true, cancellationToken);
    }

    public Task FillHistoryAsync(BenchmarkDatabase database, int runs, CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<double> DueAtOnceAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        var log = StartLog.Current = new StartLog(count);
        var scheduler = await BuildAsync(database, cancellationToken);
        try
        {
            var due = DueInstant.After(TimeSpan.FromSeconds(4));
            await ArrangeAsync(scheduler, database, count, due.Utc, repeating: true, cancellationToken);
            await scheduler.Start(cancellationToken);
            await log.WaitAsync(cancellationToken);
            log.Verify();
            return due.SecondsTo(log.Last);
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    public async Task<double> BacklogAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken)
    {
        var log = StartLog.Current = new StartLog(count);
        var scheduler = await BuildAsync(database, cancellationToken);
        try
        {
            if (count == 0)
            {
                await scheduler.Start(cancellationToken);
                await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken);
                return 0;
            }

            await ArrangeAsync(scheduler, database, count, TimeProvider.System.GetUtcNow(), repeating: false, cancellationToken);
            var started = TimeProvider.System.GetTimestamp();
            await scheduler.Start(cancellationToken);
            await log.WaitAsync(cancellationToken);
            await Sql.UntilZeroAsync(
                database.Administrator, "select (select count(*) from qrtz_fired_triggers) + (select count(*) from qrtz_triggers)", TimeSpan.FromMinutes(1), cancellationToken);
            log.Verify();
            return TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        }
        finally
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, CancellationToken.None);
        }
    }

    private static async Task<IScheduler> BuildAsync(BenchmarkDatabase database, CancellationToken cancellationToken) =>
        await QuartzSchedulerBuilder.Create(quartz => quartz
            .ConfigureScheduler(options =>
            {
                options.InstanceName = database.Name;
                options.MaxBatchSize = Threads;
                options.IdleWaitTime = TimeSpan.FromSeconds(1);
            })
            .UseDefaultThreadPool(Threads)
            .UsePersistentStore(store =>
            {
                store.UsePostgres(database.Pooled(Threads + 10));
                store.UseClustering();
                store.ProvisionSchema();

                // Ten thousand at once take it longer than its minute's patience.
                store.ConfigureStore(options => options.MisfireThreshold = TimeSpan.FromMinutes(15));
            })).BuildScheduler(cancellationToken);

    /// <summary>One job and trigger through the library, the others as copies.</summary>
    private static async Task ArrangeAsync(
        IScheduler scheduler, BenchmarkDatabase database, int count, DateTimeOffset due, bool repeating, CancellationToken cancellationToken)
    {
        var job = JobBuilder.Create<NoOpJob>().WithIdentity(Template).Build();
        var trigger = TriggerBuilder.Create().WithIdentity(Template).StartAt(due);
        trigger = repeating ? trigger.WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromDays(1)).RepeatForever()) : trigger;
        await scheduler.ScheduleJob(job, trigger.Build(), cancellationToken: cancellationToken);
        const string names = "'job_name', 'job' || i, 'trigger_name', 'trigger' || i";
        await Rows.CopyAsync(database, "qrtz_job_details", $"r.job_name = '{Template}'", names, count - 1, cancellationToken);
        await Rows.CopyAsync(database, "qrtz_triggers", $"r.trigger_name = '{Template}'", names, count - 1, cancellationToken);
        await Rows.CopyAsync(database, "qrtz_simple_triggers", $"r.trigger_name = '{Template}'", names, count - 1, cancellationToken);
    }

    internal sealed class NoOpJob : IJob
    {
        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            StartLog.Current!.Started();
            return ValueTask.CompletedTask;
        }
    }
}
