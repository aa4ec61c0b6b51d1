using System.Diagnostics.CodeAnalysis;

namespace Agency.Data;

/// <summary>A value or the <see cref="Agency.Data.Error"/> that stands in its place. The one result type of the house.</summary>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "The conversions are the point; Success and Failure name them.")]
public readonly struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Error? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The failure, or null when there is a value.</summary>
    public Error? Error { get; }

    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Error is null;

    /// <summary>The value. Reading it from a failure is a bug.</summary>
    /// <exception cref="InvalidOperationException">There is an error instead.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"No value, but an error: {Error.Message}");

    public static implicit operator Result<T>(T value) => new(value, null);

    public static implicit operator Result<T>(Error error) => new(default, error);

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => IsSuccess ? map(Value) : Error;
}
