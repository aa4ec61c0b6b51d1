using Microsoft.Extensions.Options;

namespace Agency.Operations.Notifications;

/// <summary>Section <c>Notifications</c>: how deliveries are tried.</summary>
internal sealed class OutboxOptions
{
    public const string Section = "Notifications";

    /// <summary>How often one delivery is tried before it has failed.</summary>
    public int MaxAttempts { get; set; } = 8;

    /// <summary>Seconds before the second attempt; each further delay is three times as long.</summary>
    public int RetryInitialSeconds { get; set; } = 10;

    /// <summary>Upper limit of a delay.</summary>
    public int RetryMaxSeconds { get; set; } = 3600;

    /// <summary>Seconds between two looks at the outbox when nothing wakes it.</summary>
    public int PollSeconds { get; set; } = 2;

    /// <summary>The delay after that many attempts.</summary>
    public TimeSpan Delay(int attempts) =>
        TimeSpan.FromSeconds(Math.Min(RetryMaxSeconds, RetryInitialSeconds * Math.Pow(3, Math.Max(0, attempts - 1))));
}

internal sealed class OutboxOptionsValidator : IValidateOptions<OutboxOptions>
{
    public ValidateOptionsResult Validate(string? name, OutboxOptions options)
    {
        (string Setting, int Value, int Max)[] settings =
        [
            (nameof(options.MaxAttempts), options.MaxAttempts, 100),
            (nameof(options.RetryInitialSeconds), options.RetryInitialSeconds, 86_400),
            (nameof(options.RetryMaxSeconds), options.RetryMaxSeconds, 86_400),
            (nameof(options.PollSeconds), options.PollSeconds, 60),
        ];
        var faults = settings.Where(s => s.Value < 1 || s.Value > s.Max)
            .Select(s => $"{OutboxOptions.Section}:{s.Setting} must be from 1 to {s.Max}, but is {s.Value}. Correct or unset it.").ToArray();
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
