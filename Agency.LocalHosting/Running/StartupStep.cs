using System.Text;
using Agency.LocalHosting.Building;
using Microsoft.Extensions.Configuration;

namespace Agency.LocalHosting;

/// <summary>
/// Something an AppHost does once all resources are healthy, and what it adds to the summary at the end of the start-up. AppHost.cs stays
/// valid Aspire code: the step is a class of its own, named by <see cref="StartupStepAttribute"/>.
/// </summary>
public interface IStartupStep
{
    Task RunAsync(StartupContext context, CancellationToken ct);
}

/// <summary>Names the AppHost's <see cref="IStartupStep"/>, which needs a constructor without parameters.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class StartupStepAttribute(Type step) : Attribute
{
    public Type Step { get; } = step;
}

/// <summary>What a start-up step works with.</summary>
public sealed class StartupContext
{
    private readonly DistributedApplication _application;
    private readonly List<(string Label, string Text)> _lines = [];

    internal StartupContext(DistributedApplication application, DistributedApplicationBuilder builder)
    {
        _application = application;
        Configuration = builder.Configuration;
        StateFolder = builder.State.Path;
    }

    public IConfiguration Configuration { get; }

    public string StateFolder { get; }

    internal IReadOnlyList<(string Label, string Text)> Lines => _lines;

    /// <summary>The address of a resource's endpoint.</summary>
    public Uri GetEndpoint(string resourceName, string endpointName = "http") => _application.GetEndpoint(resourceName, endpointName);

    /// <summary>Runs a resource's program once more, with its environment and these arguments, to its end.</summary>
    public Task<ProgramResult> RunProgramAsync(string resourceName, string[] arguments, CancellationToken ct) =>
        _application.RunProgramAsync(resourceName, arguments, ct);

    /// <summary>Writes a file in the state folder that only its owner can read; returns its path.</summary>
    public string WriteSecretFile(string name, string content)
    {
        string path = Path.Combine(StateFolder, name);
        Building.StateFolder.WriteSecret(path, content);
        return path;
    }

    /// <summary>Adds a line to the summary.</summary>
    public void Add(string label, string text) => _lines.Add((label, text));

    internal string Render(string title)
    {
        int width = _lines.Max(l => l.Label.Length);
        var text = new StringBuilder().AppendLine().AppendLine(title).AppendLine();
        foreach (var (label, value) in _lines)
            text.Append("  ").Append(label.PadRight(width)).Append("  ").AppendLine(value);
        return text.ToString();
    }
}

/// <summary>How a program ended and what it wrote.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error);
