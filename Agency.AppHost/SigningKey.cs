using System.Security.Cryptography;

namespace Agency.AppHost;

/// <summary>A key pair that signs tokens: the private half is for its owner alone, the public one for every server. Both are PEM.</summary>
public sealed record SigningKey(IResourceBuilder<ParameterResource> Private, IResourceBuilder<ParameterResource> Public)
{
    /// <summary>Run locally the pair is made once and kept with the other secrets; in a deployment both halves are parameters to be given.</summary>
    public static SigningKey Add(IDistributedApplicationBuilder builder, string owner)
    {
        string privateName = $"{owner}-signing-key", publicName = $"{owner}-public-key";
        if (builder.ExecutionContext.IsPublishMode)
            return new(builder.AddParameter(privateName, secret: true), builder.AddParameter(publicName));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (builder.Configuration[$"Parameters:{privateName}"] is { Length: > 0 } kept)
            key.ImportFromPem(kept);

        // The public half of a key that signed before, while its tokens shall go on working.
        string retired = builder.Configuration[$"Parameters:{owner}-retired-public-key"] ?? "";
        return new(
            builder.AddParameter(privateName, new Generated(key.ExportPkcs8PrivateKeyPem()), secret: true, persist: true),
            builder.AddParameter(publicName, $"{key.ExportSubjectPublicKeyInfoPem()}\n{retired}".TrimEnd()));
    }

    private sealed class Generated(string pem) : ParameterDefault
    {
        public override string GetDefaultValue() => pem;

        public override void WriteToManifest(ManifestPublishingContext context) =>
            throw new NotSupportedException("A deployment is given its keys; none is generated for it.");
    }
}
