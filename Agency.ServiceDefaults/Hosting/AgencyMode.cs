using Agency.Data;
using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Hosting;

/// <summary>Production or not. <see cref="DefaultCompany"/> is the client that tools take when none is named; only outside production.</summary>
public sealed record AgencyMode(bool Production, CompanyId? DefaultCompany = null);

/// <summary>The settings <c>PRODUCTION_MODE</c> and <c>JULES_COMPANY</c> as written.</summary>
internal sealed class AgencyModeOptions
{
    public string? ProductionMode { get; set; }

    public string? JulesCompany { get; set; }

    public AgencyMode ToMode() => new(
        IsTrue(ProductionMode),
        CompanyId.TryParse(JulesCompany, out var company) ? company : null);

    private static bool IsTrue(string? text) => bool.TryParse(text, out var value) && value;
}

internal sealed class AgencyModeValidator : IValidateOptions<AgencyModeOptions>
{
    public ValidateOptionsResult Validate(string? name, AgencyModeOptions options)
    {
        if (!string.IsNullOrEmpty(options.ProductionMode) && !bool.TryParse(options.ProductionMode, out _))
        {
            return ValidateOptionsResult.Fail($"PRODUCTION_MODE must be true or false, but is '{options.ProductionMode}'.");
        }

        if (string.IsNullOrEmpty(options.JulesCompany))
        {
            return ValidateOptionsResult.Success;
        }

        if (options.ToMode().Production)
        {
            return ValidateOptionsResult.Fail(
                "JULES_COMPANY must be empty when PRODUCTION_MODE is true: in production every call names its client itself, or a forgotten argument would act on the wrong one. Unset JULES_COMPANY.");
        }

        return CompanyId.TryParse(options.JulesCompany, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"JULES_COMPANY must be a company id ({CompanyId.Rule}). Correct or unset it.");
    }
}
