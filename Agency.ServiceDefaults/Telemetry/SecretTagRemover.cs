using System.Diagnostics;
using Agency.ServiceDefaults.Secrets.Redaction;
using OpenTelemetry;

namespace Agency.ServiceDefaults.Telemetry;

/// <summary>Takes the secrets that this process has decrypted out of the spans that it exports.</summary>
internal sealed class SecretTagRemover(LiveSecrets secrets) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (!secrets.Any)
        {
            return;
        }

        foreach (var (key, value) in data.TagObjects.ToArray())
        {
            if (value is string text && secrets.Redactor.Redact(text) is var clean && !ReferenceEquals(text, clean))
            {
                data.SetTag(key, clean);
            }
        }

        data.DisplayName = secrets.Redactor.Redact(data.DisplayName);
        if (data.StatusDescription is { } description)
        {
            data.SetStatus(data.Status, secrets.Redactor.Redact(description));
        }
    }
}
