namespace Agency.Hosting.Embedded;

/// <summary>How an embedded Garnet runs.</summary>
public sealed class EmbeddedGarnetServerOptions
{
    /// <summary>Where the server keeps its port and checkpoints between starts.</summary>
    public string Folder { get; set; } = "";

    /// <summary>The built <c>Agency.Garnet.dll</c>.</summary>
    public string Program { get; set; } = "";
}
