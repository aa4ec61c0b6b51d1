using Agency.Sops;
using Microsoft.Extensions.Options;

namespace Agency.CompanyContext.Procedures;

/// <summary>Section <c>Sops</c>.</summary>
internal sealed class SopOptions
{
    public const string Section = "Sops";

    /// <summary>Folder of the default procedures; null takes <c>sops</c> beside the binary.</summary>
    public string? Folder { get; set; }

    public string FullPath => Path.GetFullPath(string.IsNullOrWhiteSpace(Folder) ? "sops" : Folder, AppContext.BaseDirectory);
}

internal sealed class SopOptionsValidator : IValidateOptions<SopOptions>
{
    public ValidateOptionsResult Validate(string? name, SopOptions options) =>
        string.IsNullOrWhiteSpace(options.Folder) || Directory.Exists(options.FullPath)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Sops:Folder names '{options.FullPath}', which is no folder. Correct Sops__Folder, or leave it out for the procedures that come with the service.");
}

internal static class DefaultSopsExtensions
{
    public static IServiceCollection AddDefaultSops(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<SopOptions>, SopOptionsValidator>();
        services.AddOptions<SopOptions>().BindConfiguration(SopOptions.Section).ValidateOnStart();
        return services.AddSingleton<DefaultSops>().AddHostedService(provider => provider.GetRequiredService<DefaultSops>());
    }
}

/// <summary>A procedure's text under the name by which workflows ask for it.</summary>
internal sealed record SopText(string Name, string Markdown, SopParseResult Parsed);

/// <summary>The procedures that every client has unless it has its own, read once at start.</summary>
internal sealed partial class DefaultSops(IOptions<SopOptions> options, ILogger<DefaultSops> logger) : IHostedService
{
    private readonly ILogger _logger = logger;
    private readonly SortedDictionary<string, SopText> _byName = new(StringComparer.Ordinal);

    /// <summary>By name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, SopText> ByName => _byName;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var folder = options.Value.FullPath;
        string[] files = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.md").Order(StringComparer.Ordinal)] : [];
        if (files.Length == 0)
        {
            NoneFound(_logger, folder);
        }

        foreach (var file in files)
        {
            Add(Path.GetFileNameWithoutExtension(file), await File.ReadAllTextAsync(file, cancellationToken));
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A broken procedure is listed too, under its file's name, so that its problems are seen where procedures are looked for.</summary>
    private void Add(string file, string markdown)
    {
        var parsed = SopParser.Parse(markdown);
        var name = parsed.Sop?.Name ?? file;
        if (_byName.ContainsKey(name))
        {
            parsed = new SopParseResult(null, [.. parsed.Problems, new SopProblem(SopSeverity.Error, 1, $"The name '{name}' is taken by another file. Give each procedure its own.")]);
            name = file;
        }

        foreach (var problem in parsed.Problems)
        {
            HasProblem(_logger, file, problem);
        }

        if (!_byName.TryAdd(name, new SopText(name, markdown, parsed)))
        {
            NameTaken(_logger, file, name);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "There are no default procedures in {Folder}: only clients' own ones can run.")]
    private static partial void NoneFound(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Procedure {File}.md, {Problem}")]
    private static partial void HasProblem(ILogger logger, string file, SopProblem problem);

    [LoggerMessage(Level = LogLevel.Error, Message = "Procedure {File}.md was left out: the name {Name} is taken.")]
    private static partial void NameTaken(ILogger logger, string file, string name);
}
