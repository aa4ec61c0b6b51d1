using System.Text.Json.Serialization;
using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>Whether trying again can help.</summary>
[JsonConverter(typeof(WireEnum<FailureKind>))]
public enum FailureKind
{
    /// <summary>May pass on another attempt: a server out of reach, a tool that failed.</summary>
    Transient,

    /// <summary>Will fail again until someone changes something: the procedure, its inputs, a right.</summary>
    Permanent,

    /// <summary>A step or the run took longer than allowed; may pass on another attempt.</summary>
    Timeout,
}
