using System.Globalization;

namespace Agency.Benchmarks;

/// <summary>What the command line asks for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        Usage: dotnet run -c Release --project tests/Agency.Benchmarks -- scheduling [options]

          --quick            within three minutes: fewer jobs for Hangfire, a tenth of the history, fewer repetitions
          --json FILE        also write every figure and ratio to FILE
          --check            exit with code 1 when a target is missed
          --only SECTIONS    some of: due-at-once, backlog, idle-registry, latency, process-runs (separated by commas)
          --against RIVALS   some of: plain, quartz, hangfire, or none (separated by commas; default: all)
          --workers BUILDS   some of: jit, aot, aot_opt_in (separated by commas; default: those that are found), for process-runs
          --jobs N           jobs at once and in the backlog (default: 10000); the targets are meant for the default
          --statements       also print PostgreSQL's costliest statements of the agency (needs pg_stat_statements)
        """;

    public static readonly string[] AllSections = ["due-at-once", "backlog", "idle-registry", "latency", "process-runs"];

    public static readonly string[] AllRivals = ["plain", "quartz", "hangfire"];

    public static readonly string[] AllWorkers = ["jit", "aot", "aot_opt_in"];

    public bool Quick { get; private init; }

    public bool Check { get; private init; }

    public bool Statements { get; private init; }

    public string? JsonFile { get; private init; }

    public IReadOnlyList<string> Sections { get; private init; } = AllSections;

    public IReadOnlyList<string> Rivals { get; private init; } = AllRivals;

    /// <summary>Builds of the worker whose runs in processes are measured, as far as they are found.</summary>
    public IReadOnlyList<string> Workers { get; private init; } = AllWorkers;

    /// <summary>Jobs in the sections that count them.</summary>
    public int Jobs { get; private init; } = 10_000;

    /// <summary>Hangfire needs minutes for what the others do in seconds.</summary>
    public int HangfireJobs => Quick ? Math.Min(1_000, Jobs) : Jobs;

    /// <summary>Its rate shows with fewer.</summary>
    public int QuartzBacklog => Quick ? Math.Min(1_000, Jobs) : Jobs;

    /// <summary>Finished runs that a table with a history holds.</summary>
    public int History => Quick ? 100_000 : 1_000_000;

    /// <exception cref="FormatException">The arguments cannot be understood; the message says which.</exception>
    public static BenchmarkOptions Parse(string[] arguments)
    {
        if (arguments is not ["scheduling", .. var rest])
        {
            throw new FormatException(arguments.Length == 0 ? "Say what to measure." : $"'{arguments[0]}' is not known.");
        }

        var options = new BenchmarkOptions();
        for (var i = 0; i < rest.Length; i++)
        {
            string Value() => ++i < rest.Length ? rest[i] : throw new FormatException($"'{rest[i - 1]}' needs a value.");
            options = rest[i] switch
            {
                "--quick" => options with { Quick = true },
                "--check" => options with { Check = true },
                "--statements" => options with { Statements = true },
                "--jobs" => options with { Jobs = Number(Value()) },
                "--json" => options with { JsonFile = Value() },
                "--only" => options with { Sections = Choose(Value(), AllSections) },
                "--against" => options with { Rivals = Choose(Value(), AllRivals) },
                "--workers" => options with { Workers = Choose(Value(), AllWorkers) },
                var unknown => throw new FormatException($"'{unknown}' is not known."),
            };
        }

        return options;
    }

    private static int Number(string value) =>
        int.TryParse(value, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new FormatException($"'{value}' is not a number of jobs.");

    private static string[] Choose(string value, string[] known)
    {
        string[] chosen = value == "none" ? [] : value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return chosen.FirstOrDefault(c => !known.Contains(c)) is { } unknown
            ? throw new FormatException($"'{unknown}' is not one of: {string.Join(", ", known)}.")
            : chosen;
    }
}
