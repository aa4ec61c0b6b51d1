using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Agency.WorkerProtocol.Wire;

namespace Agency.WorkerProtocol;

/// <summary>Writes and reads the envelope's line.</summary>
public static class RunEnvelopes
{
    /// <summary>The envelope as one line of UTF-8, with its line feed.</summary>
    /// <exception cref="ArgumentException">It is longer than <see cref="RunEnvelope.MaxBytes"/>.</exception>
    public static byte[] ToLine(RunEnvelope envelope)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(envelope, ProtocolJsonContext.Wire.RunEnvelope);
        if (json.Length > RunEnvelope.MaxBytes)
        {
            throw new ArgumentException($"The envelope has {json.Length} bytes, at most {RunEnvelope.MaxBytes} are allowed. Shorten the procedure or the inputs.", nameof(envelope));
        }

        return [.. json, (byte)'\n'];
    }

    /// <summary>Reads a line without its line feed.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, [NotNullWhen(true)] out RunEnvelope? envelope, [NotNullWhen(false)] out string? error)
    {
        envelope = null;
        try
        {
            envelope = EnvelopeJson.Read(line);
            error = Check(envelope);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error = $"The envelope is not valid: {e.Message}";
        }

        if (error is not null) envelope = null;
        return envelope is not null;
    }

    private static string? Check(RunEnvelope envelope) => envelope switch
    {
        { Protocol: not RunEnvelope.CurrentProtocol } =>
            $"The envelope speaks protocol {envelope.Protocol}, this worker speaks {RunEnvelope.CurrentProtocol}. Deploy scheduler and worker together.",
        { Limits: { RunTimeoutSeconds: < 1 } or { StepTimeoutSeconds: < 1 } or { MaxResultBytes: < 1 } } => "The envelope's limits must be positive.",
        { Attempt: < 1 } => "The envelope's attempt counts from 1.",
        _ => null,
    };
}
