using Agency.LocalHosting.Building;

namespace Agency.LocalHosting.Running;

/// <summary>What all runners of an application share.</summary>
internal sealed record RunContext(DistributedApplicationBuilder Builder, LogSink Log, ResourceNotificationService Notifications, ProcessRegistry Processes)
{
    public static string DotNet
    {
        get
        {
            string? host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH");
            return host is not null && File.Exists(host) ? host : "dotnet";
        }
    }
}
