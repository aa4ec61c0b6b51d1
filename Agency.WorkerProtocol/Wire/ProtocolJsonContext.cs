using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Agency.WorkerProtocol.Wire;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    Converters = [typeof(WireText)])]
[JsonSerializable(typeof(RunEnvelope))]
[JsonSerializable(typeof(RunEvent))]
internal sealed partial class ProtocolJsonContext : JsonSerializerContext
{
    /// <summary>Readable non-ASCII text: the lines go to a pipe, never into HTML.</summary>
    public static ProtocolJsonContext Wire => Relaxed.Context;

    // Apart, because the order of static initializers across the parts of this class is the compiler's.
    private static class Relaxed
    {
        public static readonly ProtocolJsonContext Context =
            new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
    }
}
