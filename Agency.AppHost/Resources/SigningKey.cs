using System.Security.Cryptography;
using Agency.AppHost.State;

namespace Agency.AppHost.Resources;

/// <summary>A key pair that signs tokens: the private half is for its owner alone, the public one for every server. Both are PEM.</summary>
internal sealed record SigningKey(IResourceBuilder<ParameterResource> Private, IResourceBuilder<ParameterResource> Public)
{
    /// <summary>Locally the pair is made once and kept with the other secrets; in a deployment both halves are parameters to be given.</summary>
    public static SigningKey Add(IDistributedApplicationBuilder builder, LocalRun? local, string owner)
    {
        string privateName = $"{owner}-signing-key", publicName = $"{owner}-public-key";
        if (local is null)
            return new(builder.AddParameter(privateName, secret: true), builder.AddParameter(publicName));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (builder.Configuration[$"Parameters:{privateName}"] is { Length: > 0 } kept)
            key.ImportFromPem(kept);

        // The public half of a key that signed before, while its tokens shall go on working.
        string retired = builder.Configuration[$"Parameters:{owner}-retired-public-key"] ?? "";
        string pem = key.ExportPkcs8PrivateKeyPem();
        return new(
            builder.AddSecret(local, privateName, () => pem),
            builder.AddParameter(publicName, $"{key.ExportSubjectPublicKeyInfoPem()}\n{retired}".TrimEnd()).WithHidden());
    }
}
