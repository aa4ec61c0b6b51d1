using System.Security.Cryptography;

namespace Agency.LocalHosting;

/// <summary>How a parameter without a configured value gets one.</summary>
public abstract class ParameterDefault
{
    /// <summary>Aspire asks for this when a deployment is written; the local engine never does.</summary>
    public abstract void WriteToManifest(ManifestPublishingContext context);

    public abstract string GetDefaultValue();
}

/// <summary>Stands for Aspire's type of this name, so that a <see cref="ParameterDefault"/> compiles against both.</summary>
public sealed class ManifestPublishingContext
{
    private ManifestPublishingContext()
    {
    }
}

/// <summary>A random text: enough for a password that nobody types.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    private const string Letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ0123456789";

    public int MinLength { get; set; } = 22;

    public bool Special { get; set; } = true;

    public override string GetDefaultValue() => RandomNumberGenerator.GetString(Letters, Math.Max(MinLength, 22));

    public override void WriteToManifest(ManifestPublishingContext context) => throw new NotSupportedException("The local engine writes no manifest.");
}
