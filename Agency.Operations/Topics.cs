namespace Agency.Operations;

/// <summary>Wake-ups, published after a commit.</summary>
internal static class Topics
{
    /// <summary>There may be runs to plan or to claim.</summary>
    public const string Runs = "runs";

    /// <summary>There may be notifications to deliver.</summary>
    public const string Notifications = "notifications";

    /// <summary>Something that people look at has changed.</summary>
    public const string Changes = "changes";
}
