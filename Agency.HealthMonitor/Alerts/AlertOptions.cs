using Microsoft.Extensions.Options;

namespace Agency.HealthMonitor.Alerts;

/// <summary>Section <c>Alerts</c>.</summary>
internal sealed class AlertOptions
{
    public const string Section = "Alerts";

    /// <summary>How often all rules are checked.</summary>
    public int CheckSeconds { get; set; } = 60;
}

internal sealed class AlertOptionsValidator : IValidateOptions<AlertOptions>
{
    public ValidateOptionsResult Validate(string? name, AlertOptions options) =>
        options.CheckSeconds is >= 5 and <= 3600
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Alerts:CheckSeconds must be from 5 to 3600, but is {options.CheckSeconds}. Correct or unset Alerts__CheckSeconds.");
}
