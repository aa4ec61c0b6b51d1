using Aspire.Hosting.ApplicationModel;

namespace Agency.Hosting.Embedded;

/// <summary>Marks a resource that is served by an embedded server, and says why its last start failed.</summary>
public sealed class EmbeddedServerAnnotation : IResourceAnnotation
{
    /// <summary>Why the last start failed and what to do about it; null when it did not fail.</summary>
    public string? Failure { get; internal set; }
}
