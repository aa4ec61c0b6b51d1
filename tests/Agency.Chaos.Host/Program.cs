using Agency.ServiceDefaults.Clock;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Agency.Chaos.Host;

/// <summary>The real scheduler on a machine whose clock is stepped from outside; everything else is as it runs for users.</summary>
internal static class Program
{
    private const string ClockFile = "AGENCY_CHAOS_CLOCK";

    public static async Task Main(string[] args)
    {
        var file = Environment.GetEnvironmentVariable(ClockFile) ?? throw new InvalidOperationException($"{ClockFile} must name the file that holds the clock's offset.");
        await using var app = SchedulerApp.Build(args, services => services.Replace(ServiceDescriptor.Singleton(new MachineClock(new SteppedClock(file)))));
        try
        {
            await app.RunAsync();
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it was still starting: the web host's way to say that it did.
        }
    }
}
