namespace Agency.Data;

/// <summary>Names one run: a UUID, version 7, so that ids sort by the time of their making.</summary>
public readonly record struct RunId(Guid Value)
{
    public static RunId New(TimeProvider time) => new(Guid.CreateVersion7(time.GetUtcNow()));

    public static bool TryParse(string? text, out RunId id)
    {
        var valid = Guid.TryParse(text, out var value);
        id = new RunId(value);
        return valid;
    }

    public override string ToString() => Value.ToString("D");
}
