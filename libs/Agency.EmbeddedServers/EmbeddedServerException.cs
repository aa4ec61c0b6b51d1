namespace Agency.EmbeddedServers;

/// <summary>A server cannot run on this machine. The message says why and what to do about it, and can be shown without a stack trace.</summary>
public sealed class EmbeddedServerException : Exception
{
    public EmbeddedServerException()
    {
    }

    public EmbeddedServerException(string message)
        : base(message)
    {
    }

    public EmbeddedServerException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
