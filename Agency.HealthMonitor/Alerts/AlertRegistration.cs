using Microsoft.Extensions.Options;

namespace Agency.HealthMonitor.Alerts;

internal static class AlertRegistration
{
    public static void AddAlerts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        builder.Services.AddOptions<AlertOptions>().BindConfiguration(AlertOptions.Section).ValidateOnStart();
        builder.Services.AddSingleton<AlertEvaluator>();
        builder.Services.AddSingleton<AlertLoop>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AlertLoop>());
    }
}
