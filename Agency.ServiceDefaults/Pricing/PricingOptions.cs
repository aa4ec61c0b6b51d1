using Agency.Data.Kpis;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Pricing;

/// <summary>Section <c>Pricing</c>: what the work costs the agency. Without prices the cost is 0, and the figures say so.</summary>
public sealed class PricingOptions
{
    public const string Section = "Pricing";

    public decimal PerRunSecond { get; set; }

    public decimal PerThousandTokens { get; set; }

    /// <summary>ISO 4217 code.</summary>
    public string Currency { get; set; } = "EUR";

    public Prices ToPrices() => new(PerRunSecond, PerThousandTokens, Currency);
}

internal sealed class PricingOptionsValidator : IValidateOptions<PricingOptions>
{
    private const decimal Max = 1_000_000m;

    public ValidateOptionsResult Validate(string? name, PricingOptions options)
    {
        if (options.PerRunSecond is < 0 or > Max || options.PerThousandTokens is < 0 or > Max)
        {
            return ValidateOptionsResult.Fail(
                "Pricing:PerRunSecond and Pricing:PerThousandTokens must be from 0 to 1000000. Correct Pricing__PerRunSecond and Pricing__PerThousandTokens.");
        }

        return options.Currency is { Length: 3 } && options.Currency.All(char.IsAsciiLetterUpper)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Pricing:Currency must be an ISO 4217 code such as EUR. Correct Pricing__Currency.");
    }
}
