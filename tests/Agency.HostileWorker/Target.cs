using System.Text.Json.Nodes;

namespace Agency.HostileWorker;

/// <summary>What to attack: the inputs of the run that it was given.</summary>
internal sealed class Target(JsonObject envelope)
{
    private readonly JsonObject _inputs = envelope["inputs"]!.AsObject();

    public IReadOnlyList<string> Attacks => [.. ((string?)_inputs["attacks"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>The scheduler, as the machine numbers it.</summary>
    public int Parent => Number("parent");

    public string OwnGateway => (string)envelope["gateway_socket"]!;

    /// <summary>Another worker.</summary>
    public int Sibling => Number("sibling");

    public string SiblingFolder => Text("sibling_folder");

    /// <summary>A TCP port of the machine's loopback that a service listens on.</summary>
    public int Port => Number("port");

    /// <summary>The Unix socket of a service.</summary>
    public string ServiceSocket => Text("service_socket");

    /// <summary>A file of the scheduler's user.</summary>
    public string SecretFile => Text("secret_file");

    /// <summary>A descriptor that the scheduler has open and that children would inherit.</summary>
    public int Descriptor => Number("descriptor");

    private int Number(string name) => (int)_inputs[name]!;

    private string Text(string name) => (string)_inputs[name]!;
}
