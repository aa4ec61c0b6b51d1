using System.Globalization;

namespace Agency.Scheduler;

/// <summary>Names this process as the holder of leases; never the same twice.</summary>
internal sealed class SchedulerIdentity
{
    public string Owner { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"{Environment.MachineName[..Math.Min(100, Environment.MachineName.Length)]}:{Environment.ProcessId}:{Guid.NewGuid():N}");
}
