using System.Globalization;
using System.Text;

namespace Agency.Chaos.Tests.Parts;

/// <summary>The procedures that the runs follow. Each calls the log several times, with something that can go wrong in between.</summary>
internal static class Procedures
{
    /// <summary>How many log entries a complete attempt of each writes.</summary>
    public static readonly IReadOnlyDictionary<string, int> Entries = new Dictionary<string, int>
    {
        ["quick"] = 3,
        ["flaky"] = 3,
        ["doomed"] = 2,
        ["slow"] = 6,
        ["hanging"] = 3,
    };

    public static string Markdown(string name)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"---\nname: {name}\n---\n# {name}\n\n");
        var (number, logged) = (0, 0);
        foreach (var call in Calls(name))
        {
            number++;
            var (tool, arguments) = call == "log"
                ? ("append_log", string.Create(CultureInfo.InvariantCulture, $"\"step\": {++logged}, \"of\": {Entries[name]}"))
                : (call.Split(' ')[0], call[(call.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            text.Append(CultureInfo.InvariantCulture, $"{number}. **Step {number}.** Does it.\n\n    ```tool health.{tool}\n    {{ \"attempt\": \"{{{{ run.attempt }}}}\", {arguments} }}\n    ```\n\n");
        }

        return text.ToString();
    }

    private static string[] Calls(string name) => name switch
    {
        "quick" => ["log", "log", "log"],
        "flaky" => ["log", "log", "gamble \"transient\": 25, \"permanent\": 5", "log"],
        "doomed" => ["log", "gamble \"transient\": 5, \"permanent\": 85", "log"],
        "slow" => ["log", Work(700, 0), "log", Work(700, 0), "log", Work(700, 0), "log", Work(700, 0), "log", Work(700, 0), "log"],
        "hanging" => ["log", Work(300, 30), "log", "log"],
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such procedure."),
    };

    private static string Work(int milliseconds, int hangs) =>
        string.Create(CultureInfo.InvariantCulture, $"work \"milliseconds\": {milliseconds}, \"hangs\": {hangs}");
}
