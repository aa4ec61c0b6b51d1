using System.Text.Json.Serialization;
using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>How a step ended.</summary>
[JsonConverter(typeof(WireEnum<StepStatus>))]
public enum StepStatus
{
    /// <summary>Its tool call succeeded.</summary>
    Succeeded,

    /// <summary>Its tool call failed, which ends the run.</summary>
    Failed,

    /// <summary>Guidance: recorded, not executed.</summary>
    Recorded,
}
