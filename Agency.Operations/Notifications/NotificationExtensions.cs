using Agency.ServiceDefaults.Mcp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Agency.Operations.Notifications;

internal static class NotificationExtensions
{
    /// <summary>Notifications: deliver them, look at them.</summary>
    public static IMcpServerBuilder AddNotifications(this IMcpServerBuilder mcp)
    {
        var services = mcp.Services;
        AddOptions<OutboxOptions, OutboxOptionsValidator>(services, OutboxOptions.Section);
        AddOptions<SlackOptions, SlackOptionsValidator>(services, SlackOptions.Section);
        AddOptions<SmtpOptions, SmtpOptionsValidator>(services, SmtpOptions.Section);
        services.AddSingleton<IDeliveryChannel, SlackChannel>();
        services.AddSingleton<IDeliveryChannel, EmailChannel>();
        services.AddSingleton<IDeliveryChannel, ClientSlackChannel>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<OutboxSender>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxSender>());
        services.AddScoped<NotificationReader>();
        return mcp.WithAgencyTools<NotificationTools>();
    }

    private static void AddOptions<TOptions, TValidator>(IServiceCollection services, string section)
        where TOptions : class
        where TValidator : class, IValidateOptions<TOptions>
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TOptions>, TValidator>());
        services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
    }
}
