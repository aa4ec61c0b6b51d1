using Microsoft.Extensions.Options;

namespace Agency.ServiceDefaults.Limits;

/// <summary>Section <c>Limits</c>: how much one caller may ask of one server process. What goes beyond is answered with 429 and when to come back.</summary>
public sealed class LimitOptions
{
    public const string Section = "Limits";

    /// <summary>Requests per second of one token of a person or a client; five times as many in one go.</summary>
    public int CallerPerSecond { get; set; } = 100;

    /// <summary>The same for a run's token. High: the scheduler's gateway meters runs by itself, and a run held up here would only time out.</summary>
    public int RunPerSecond { get; set; } = 500;

    /// <summary>The same for one address (an IPv6 network of 64 bits) that shows no token, or one that is refused.</summary>
    public int AnonymousPerSecond { get; set; } = 40;

    /// <summary>Requests per minute and address at those endpoints that have a limit of their own, by its name, where the default does not suit.</summary>
    public Dictionary<string, int> PerMinute { get; } = new(StringComparer.OrdinalIgnoreCase);
}

internal sealed class LimitOptionsValidator : IValidateOptions<LimitOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitOptions options)
    {
        (string Name, int Value)[] all =
        [
            (nameof(options.CallerPerSecond), options.CallerPerSecond), (nameof(options.RunPerSecond), options.RunPerSecond),
            (nameof(options.AnonymousPerSecond), options.AnonymousPerSecond), .. options.PerMinute.Select(pair => ($"PerMinute:{pair.Key}", pair.Value)),
        ];
        var wrong = all.Where(limit => limit.Value is < 1 or > 1_000_000)
            .Select(limit => $"{LimitOptions.Section}:{limit.Name} must be from 1 to 1000000, but is {limit.Value}. Correct or unset it.").ToArray();
        return wrong.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
