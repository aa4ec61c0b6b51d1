using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace Agency.Testing.Mcp;

/// <summary>
/// Compares every tool that a server offers (names, texts, hints, schemas) with a checked-in file, so that a change of the surface is seen in
/// a review. <c>UPDATE_SNAPSHOTS=1</c> rewrites the file.
/// </summary>
public static class ToolSnapshot
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The file is <c>Snapshots/{name}.json</c> in the project of the calling test.</summary>
    /// <exception cref="InvalidOperationException">The tools differ from the file.</exception>
    public static void Verify(IServiceProvider services, string name, [CallerFilePath] string callerFile = "")
    {
        var actual = Describe(services);
        var path = Path.Combine(ProjectFolder(callerFile), "Snapshots", name + ".json");
        if (Environment.GetEnvironmentVariable("UPDATE_SNAPSHOTS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }

        var expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (expected != actual)
        {
            throw new InvalidOperationException(
                $"The tools differ from {path}{FirstDifference(expected, actual)}{Environment.NewLine}"
                + "If the change is meant, run the test with UPDATE_SNAPSHOTS=1 and review the file.");
        }
    }

    /// <summary>The tools by name as indented JSON.</summary>
    public static string Describe(IServiceProvider services)
    {
        var tools = services.GetServices<McpServerTool>()
            .Select(tool => tool.ProtocolTool)
            .OrderBy(tool => tool.Name, StringComparer.Ordinal)
            .Select(tool => JsonSerializer.SerializeToNode(tool, McpJsonUtilities.DefaultOptions));
        return new JsonArray([.. tools]).ToJsonString(Indented).ReplaceLineEndings("\n") + "\n";
    }

    private static string FirstDifference(string expected, string actual)
    {
        if (expected.Length == 0)
        {
            return ", which does not exist.";
        }

        var (old, now) = (expected.Split('\n'), actual.Split('\n'));
        var line = old.Zip(now).TakeWhile(pair => pair.First == pair.Second).Count();
        return $" from line {line + 1} on.{Environment.NewLine}expected: {old.ElementAtOrDefault(line)?.Trim()}{Environment.NewLine}actual:   {now.ElementAtOrDefault(line)?.Trim()}";
    }

    private static string ProjectFolder(string file)
    {
        var folder = Path.GetDirectoryName(file);
        while (folder is not null && Directory.GetFiles(folder, "*.csproj").Length == 0)
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException($"No project folder above {file}.");
    }
}
