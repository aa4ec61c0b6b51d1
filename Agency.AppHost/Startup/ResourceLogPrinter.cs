using System.Text.RegularExpressions;
using Microsoft.Extensions.Hosting;

namespace Agency.AppHost.Startup;

/// <summary>Prints what every resource logs, one prefixed line each; coloured where a person reads it at a terminal.</summary>
internal sealed partial class ResourceLogPrinter(DistributedApplicationModel model, ResourceLoggerService logs) : BackgroundService
{
    private static readonly string[] Colours = ["36", "33", "35", "32", "34", "96", "93", "95"];

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!LocalRun.IsProgram)
            return Task.CompletedTask;

        var resources = model.Resources.Where(r => r is ProjectResource || r.HasAnnotationOfType<EmbeddedServerAnnotation>()).ToList();
        int width = resources.Max(r => r.Name.Length);
        return Task.WhenAll(resources.Select((resource, i) => PrintAsync(resource, width, Colours[i % Colours.Length], stoppingToken)));
    }

    private async Task PrintAsync(IResource resource, int width, string colour, CancellationToken stoppingToken)
    {
        string prefix = resource.Name.PadRight(width) + " |";
        if (Screen.IsColoured)
            prefix = $"\e[{colour}m{prefix}\e[0m";
        await foreach (var lines in logs.WatchAsync(resource).WithCancellation(stoppingToken))
        {
            foreach (string text in lines.Select(line => Timestamp().Replace(line.Content, "")).Where(text => !Plumbing().IsMatch(text)))
                Screen.Write($"{prefix} {(Screen.IsColoured ? text : AnsiSequence().Replace(text, ""))}");
        }
    }

    /// <summary>The orchestrator puts the time before each line; at a terminal it is now.</summary>
    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT[\d:.]+Z? ?")]
    private static partial Regex Timestamp();

    [GeneratedRegex(@"\e\[[\d;]*m")]
    private static partial Regex AnsiSequence();

    /// <summary>What the dashboard shows, and nobody reads at a terminal: the orchestrator's steps, and PostgreSQL's own log, which has lines of several lines.</summary>
    [GeneratedRegex(@"^(\[sys\]|Waiting for resource|Finished waiting|No custom certificate|Successfully executed|Creating database|Database '|\t|\d{4}-\d\d-\d\d [\d:.]+ \w+ \[\d+\])")]
    private static partial Regex Plumbing();
}
