using System.Diagnostics;
using OpenTelemetry;

namespace Agency.ServiceDefaults.Telemetry;

/// <summary>The MCP SDK writes the whole error text into a span's status. That text may quote a client's data: only the status stays.</summary>
internal sealed class StatusTextRemover(string source) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == source && data.StatusDescription is not null)
        {
            data.SetStatus(data.Status);
        }
    }
}
