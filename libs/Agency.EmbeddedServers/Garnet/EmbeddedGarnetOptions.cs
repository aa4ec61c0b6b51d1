namespace Agency.EmbeddedServers.Garnet;

/// <summary>What an embedded Garnet needs to know.</summary>
public sealed class EmbeddedGarnetOptions
{
    /// <summary>The built <c>Agency.Garnet.dll</c>.</summary>
    public required string Program { get; init; }

    /// <summary>Where Garnet keeps its checkpoints, and where the port of the last start is remembered.</summary>
    public required string Folder { get; init; }

    /// <summary>The password that clients must give. It reaches the process through its environment.</summary>
    public required string Password { get; init; }

    /// <summary>The port on 127.0.0.1, or null for the one used last time when that is free, else a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Receives each line that the process writes.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
