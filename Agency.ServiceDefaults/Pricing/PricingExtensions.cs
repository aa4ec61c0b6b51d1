using Agency.Data.Kpis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Pricing;

/// <summary>Registers what the work costs.</summary>
public static class PricingExtensions
{
    /// <summary><see cref="Prices"/> from the section <c>Pricing</c>, checked at start: for every server that computes cost.</summary>
    public static IHostApplicationBuilder AddPricing(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<PricingOptions>, PricingOptionsValidator>());
        builder.Services.AddOptions<PricingOptions>().BindConfiguration(PricingOptions.Section).ValidateOnStart();
        builder.Services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<PricingOptions>>().Value.ToPrices());
        return builder;
    }
}
