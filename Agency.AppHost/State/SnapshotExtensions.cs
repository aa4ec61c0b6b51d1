using System.Globalization;

namespace Agency.AppHost.State;

/// <summary>What Aspire publishes of a resource, read by name.</summary>
internal static class SnapshotExtensions
{
    /// <summary>The id of the resource's process, or null when none is known.</summary>
    public static int? ProcessId(this CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(p => p.Name == "executable.pid")?.Value is { } id ? Convert.ToInt32(id, CultureInfo.InvariantCulture) : null;

    public static bool HasEnded(this CustomResourceSnapshot snapshot) => KnownResourceStates.TerminalStates.Contains(snapshot.State?.Text);
}
