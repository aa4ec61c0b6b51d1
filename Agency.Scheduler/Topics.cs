namespace Agency.Scheduler;

/// <summary>Wake-up topics.</summary>
internal static class Topics
{
    /// <summary>A run may be waiting for a worker, or a workflow's next occurrence may have changed.</summary>
    public const string Runs = "runs";

    /// <summary>A notification waits to be delivered.</summary>
    public const string Notifications = "notifications";

    /// <summary>Something that the console shows has changed.</summary>
    public const string Changes = "changes";
}
