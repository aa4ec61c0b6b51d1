namespace Agency.Scheduler.Sandboxing;

/// <summary>How strongly a worker is isolated, the weakest first: they are compared. What each stops stands in docs/worker-isolation.md.</summary>
internal enum SandboxLevel
{
    /// <summary>An empty environment, limits, and an end of all that it started and that can still be found.</summary>
    Bare,

    /// <summary>Landlock and a filter of system calls: no namespace is needed, as in most pods. No network, no other process, nobody's files.</summary>
    Landlock,

    /// <summary>Namespaces made with util-linux, a root of its own, and the filter.</summary>
    Namespaces,

    /// <summary>Namespaces and a root of its own made by bubblewrap, and the filter.</summary>
    Bubblewrap,
}
