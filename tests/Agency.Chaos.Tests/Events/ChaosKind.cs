namespace Agency.Chaos.Tests.Events;

internal enum ChaosKind
{
    /// <summary>kill -9 of a scheduler; started again afterwards.</summary>
    KillScheduler,

    /// <summary>SIGTERM; started again afterwards.</summary>
    TerminateScheduler,

    /// <summary>SIGSTOP for longer than its lease, then SIGCONT; its workers go on. See <see cref="Freezing"/>.</summary>
    FreezeScheduler,

    /// <summary>The same with its workers: a laptop asleep.</summary>
    FreezeMachine,

    /// <summary>A scheduler's clock is set forward by an hour, and back afterwards.</summary>
    ClockForward,

    /// <summary>A scheduler's clock is set back by an hour, and forward afterwards.</summary>
    ClockBack,

    KillWorker,

    /// <summary>PostgreSQL is stopped and started again.</summary>
    RestartPostgres,

    /// <summary>The same without any warning.</summary>
    CrashPostgres,

    /// <summary>A scheduler's database sessions are ended.</summary>
    DropConnections,

    /// <summary>Redis is killed; started again afterwards.</summary>
    KillRedis,

    FlushRedis,

    /// <summary>A run asked for by hand, twice with one key.</summary>
    RunNow,

    PauseWorkflow,

    ResumeEscalated,

    /// <summary>Someone asks that a client's open run be cancelled.</summary>
    CancelRun,

    /// <summary>A client's work is stopped for a while.</summary>
    HoldClient,

    /// <summary>All work is stopped for a while.</summary>
    HoldAll,
}
