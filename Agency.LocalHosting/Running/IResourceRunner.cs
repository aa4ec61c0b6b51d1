namespace Agency.LocalHosting.Running;

/// <summary>Brings one resource up, keeps it up, and takes it down.</summary>
internal interface IResourceRunner
{
    Resource Resource { get; }

    /// <summary>Ends when the resource is healthy, or has completed when it is one that does.</summary>
    Task StartAsync(CancellationToken ct);

    /// <summary>Ends when nothing of the resource runs any more.</summary>
    Task StopAsync(TimeSpan within);
}
