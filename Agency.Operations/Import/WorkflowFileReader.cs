using System.Text.Json;

namespace Agency.Operations.Import;

/// <summary>What a file says, and every problem in it; entries with a problem are left out.</summary>
internal sealed record WorkflowFile(IReadOnlyList<ImportEntry> Entries, IReadOnlyList<ImportProblem> Problems, IReadOnlyList<string> Warnings);

/// <summary>Reads the original's <c>agency_workflows.json</c>: an array of definitions, or one.</summary>
internal static class WorkflowFileReader
{
    public const int MaxBytes = 5 * 1024 * 1024;
    public const int MaxEntries = 5000;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    public static WorkflowFile Read(string content)
    {
        if (content.Length > MaxBytes)
        {
            return Broken($"The file is larger than {MaxBytes} bytes. Split it.");
        }

        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(content.TrimStart('\uFEFF'), Strict);
        }
        catch (JsonException e)
        {
            return Broken(e.LineNumber is { } line
                ? $"The file is not JSON: line {line + 1}, byte {e.BytePositionInLine + 1}: {Reason(e)}"
                : $"The file is not JSON as it should be: {Reason(e)}");
        }

        using (document)
        {
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => ReadAll([document.RootElement]),
                JsonValueKind.Array when document.RootElement.GetArrayLength() <= MaxEntries => ReadAll([.. document.RootElement.EnumerateArray()]),
                JsonValueKind.Array => Broken($"The file holds more than {MaxEntries} workflows. Split it."),
                _ => Broken("The file must hold an array of workflow definitions, or one."),
            };
        }
    }

    private static WorkflowFile ReadAll(IReadOnlyList<JsonElement> elements)
    {
        var (entries, problems, warnings) = (new List<ImportEntry>(), new List<ImportProblem>(), new List<string>());
        var positions = new Dictionary<Registry.WorkflowKey, int>();
        for (var position = 1; position <= elements.Count; position++)
        {
            var entry = EntryReader.Read(elements[position - 1], position, problems, warnings);
            if (entry is null)
            {
                continue;
            }

            if (!positions.TryAdd(entry.Key, position))
            {
                problems.Add(new ImportProblem(position, "id", $"'{entry.Id}' of client '{entry.Client}' stands at entry {positions[entry.Key]} already."));
                continue;
            }

            entries.Add(entry);
        }

        return new WorkflowFile(entries, problems, warnings);
    }

    private static WorkflowFile Broken(string message) => new([], [new ImportProblem(0, "", message)], []);

    /// <summary>The parser appends the place, which is said already.</summary>
    private static string Reason(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? e.Message : e.Message[..end];
    }
}
