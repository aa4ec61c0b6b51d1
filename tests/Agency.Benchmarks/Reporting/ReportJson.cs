using System.Text.Json;
using System.Text.Json.Nodes;

namespace Agency.Benchmarks.Reporting;

/// <summary>The report as JSON: facts, and every figure and ratio under its plain name.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Render(Report report)
    {
        var figures = new JsonObject();
        foreach (var figure in report.Lines.OfType<Figure>())
        {
            var entry = new JsonObject
            {
                ["value"] = figure.Median,
                ["unit"] = figure.Unit.Length == 0 ? "ratio" : figure.Unit,
                ["min"] = figure.Min,
                ["max"] = figure.Max,
                ["measurements"] = figure.Samples.Length,
            };
            if (figure.Target is { } target)
            {
                entry[target.AtMost ? "at_most" : "at_least"] = target.Bound;
                entry["met"] = figure.Met;
            }

            figures[figure.Name] = entry;
        }

        return new JsonObject
        {
            ["facts"] = JsonSerializer.SerializeToNode(report.Facts),
            ["figures"] = figures,
        }.ToJsonString(Indented);
    }
}
