namespace Agency.LocalHosting;

/// <summary>
/// Something outside the program stands in the way. The message says what and what to do about it; it is shown alone, without a stack trace.
/// </summary>
public sealed class DistributedApplicationException : Exception
{
    public DistributedApplicationException()
    {
    }

    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    public DistributedApplicationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
