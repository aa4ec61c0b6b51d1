namespace Agency.Data;

/// <summary>What went wrong, by what the caller can do about it.</summary>
public enum ErrorKind
{
    /// <summary>The request is malformed or breaks a rule: change it.</summary>
    Invalid,

    /// <summary>No such thing for this caller; also the answer for what belongs to another company.</summary>
    NotFound,

    /// <summary>The state of the thing does not allow it now.</summary>
    Conflict,

    /// <summary>The credential does not allow it.</summary>
    Forbidden,
}

/// <summary>
/// An expected failure as a value. <paramref name="Message"/> says what was wrong and what to do; it is shown to people and models, so it
/// holds nothing of another company.
/// </summary>
public sealed record Error(ErrorKind Kind, string Message)
{
    public static Error Invalid(string message) => new(ErrorKind.Invalid, message);

    public static Error NotFound(string message) => new(ErrorKind.NotFound, message);

    public static Error Conflict(string message) => new(ErrorKind.Conflict, message);

    public static Error Forbidden(string message) => new(ErrorKind.Forbidden, message);
}
