using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Agency.ServiceDefaults.WakeUps;

internal static partial class WakeUpExtensions
{
    /// <summary>Wake-ups over <c>ConnectionStrings:redis</c>; without it none, which is logged once.</summary>
    public static void AddWakeUps(this IHostApplicationBuilder builder)
    {
        builder.Services.TryAddSingleton<IWakeUps>(provider =>
        {
            var connection = provider.GetRequiredService<IConfiguration>().GetConnectionString("redis");
            if (!string.IsNullOrWhiteSpace(connection))
            {
                return ActivatorUtilities.CreateInstance<RedisWakeUps>(provider, connection);
            }

            NoRedis(provider.GetRequiredService<ILogger<IWakeUps>>());
            return new NoWakeUps();
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "ConnectionStrings:redis is not set: no wake-ups, loops poll at their intervals.")]
    private static partial void NoRedis(ILogger logger);

    private sealed class NoWakeUps : IWakeUps, IDisposable
    {
        public Task PublishAsync(string topic, CancellationToken cancellationToken) => Task.CompletedTask;

        public IDisposable Subscribe(string topic, Action onWakeUp) => this;

        public void Dispose()
        {
        }
    }
}
