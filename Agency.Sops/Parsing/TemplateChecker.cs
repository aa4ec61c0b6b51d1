using System.Text.Json.Nodes;
using Agency.Sops.Templates;

namespace Agency.Sops.Parsing;

/// <summary>Checks before any run that every reference can lead somewhere.</summary>
internal sealed class TemplateChecker(IReadOnlyList<SopInput> inputs, bool injectsContext, Problems problems)
{
    private static readonly string[] CompanyMembers = ["id", "name"];
    private static readonly string[] WorkflowMembers = ["id", "type"];
    private static readonly string[] RunMembers = ["id", "scheduled_for", "date", "attempt"];
    private static readonly string[] ContextMembers = ["profile", "passages"];

    private readonly string[] _inputs = [.. inputs.Select(i => i.Name)];

    /// <summary>The context query is filled before anything has been fetched.</summary>
    public void CheckContextQuery(string text, int line) => CheckText(text, _ => line, null);

    /// <param name="arguments">The call's arguments.</param>
    /// <param name="earlier">The names of the results before this step.</param>
    /// <param name="lineOf">The line on which a piece of the arguments' text stands.</param>
    public void CheckArguments(JsonNode? arguments, IReadOnlyCollection<string> earlier, Func<string, int> lineOf)
    {
        switch (arguments)
        {
            case JsonObject o:
                foreach (var (key, value) in o)
                {
                    if (TemplateText.HasTemplate(key)) problems.Error(lineOf(key), $"'{Names.Shown(key)}' is a member's name; templates work in values only.");
                    CheckArguments(value, earlier, lineOf);
                }

                break;
            case JsonArray list:
                foreach (var item in list) CheckArguments(item, earlier, lineOf);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text):
                CheckText(text, lineOf, earlier);
                break;
        }
    }

    private void CheckText(string text, Func<string, int> lineOf, IReadOnlyCollection<string>? earlier)
    {
        if (!TemplateText.HasTemplate(text)) return;
        if (TemplateText.Parse(text, out var error) is not { } parts)
        {
            problems.Error(lineOf("{{"), error!);
            return;
        }

        foreach (var reference in parts.Select(p => p.Reference).OfType<TemplateReference>())
        {
            if (Wrong(reference, earlier) is { } wrong) problems.Error(lineOf(reference.Path), $"'{{{{ {reference.Path} }}}}': {wrong}");
        }
    }

    private string? Wrong(TemplateReference reference, IReadOnlyCollection<string>? earlier)
    {
        var member = reference.Segments.Count > 1 ? reference.Segments[1].Name : null;
        return reference.Segments[0].Name switch
        {
            "company" => WrongMember(CompanyMembers, "company", member),
            "workflow" => WrongMember(WorkflowMembers, "workflow", member),
            "run" => WrongMember(RunMembers, "run", member),
            "inputs" => _inputs.Contains(member) ? null
                : $"no input '{member}' is declared ({Listed(_inputs)}). Declare it under 'inputs' in the front matter.",
            "context" when earlier is not null && !injectsContext =>
                "the front matter's 'context: none' leaves the company's context out. Remove that line, or this reference.",
            "context" when earlier is not null => WrongMember(ContextMembers, "context", member),
            "steps" when earlier is not null => earlier.Contains(member) ? null
                : $"no earlier step has a result named '{member}' ({Listed(earlier)}). Name a result with 'tool server.tool as name', above this step.",
            _ => $"unknown. Available here: company, workflow, run, inputs{(earlier is null ? "" : injectsContext ? ", context, steps" : ", steps")}.",
        };
    }

    private static string? WrongMember(string[] members, string root, string? member) =>
        members.Contains(member) ? null : $"'{root}' has {string.Join(", ", members)}.";

    private static string Listed(IReadOnlyCollection<string> names) => names.Count == 0 ? "there is none" : $"there is: {string.Join(", ", names)}";
}
