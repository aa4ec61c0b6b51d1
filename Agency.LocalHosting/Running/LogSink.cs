using System.Collections.Concurrent;

namespace Agency.LocalHosting.Running;

/// <summary>Everything the resources say, one prefixed line each; coloured where a person reads it at a terminal.</summary>
internal sealed class LogSink(int prefixWidth, bool toConsole)
{
    private const int Kept = 2000;
    private static readonly string[] Colours = ["36", "33", "35", "32", "34", "96", "93", "95"];

    private readonly bool _coloured = toConsole && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null;
    private readonly ConcurrentQueue<string> _recent = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _colourOf = [];

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyCollection<string> Recent => _recent;

    public void Write(string resource, string line)
    {
        string prefix = resource.PadRight(prefixWidth);
        _recent.Enqueue($"{prefix} | {line}");
        while (_recent.Count > Kept)
            _recent.TryDequeue(out _);
        if (!toConsole)
            return;

        lock (_gate)
        {
            if (_coloured)
                Console.WriteLine($"\e[{ColourOf(resource)}m{prefix} |\e[0m {line}");
            else
                Console.WriteLine($"{prefix} | {line}");
        }
    }

    /// <summary>Text without a prefix, for people alone.</summary>
    public void WritePlain(string text)
    {
        if (!toConsole)
            return;
        lock (_gate)
            Console.WriteLine(text);
    }

    private string ColourOf(string resource)
    {
        if (!_colourOf.TryGetValue(resource, out string? colour))
            _colourOf[resource] = colour = Colours[_colourOf.Count % Colours.Length];
        return colour;
    }
}
