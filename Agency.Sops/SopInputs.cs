using System.Text.Json.Nodes;

namespace Agency.Sops;

/// <summary>Fits the values a workflow gives to the inputs a procedure declares.</summary>
public static class SopInputs
{
    /// <summary>
    /// The value of every declared input: the given one, else the default, else null. Values that the procedure does not declare are left out
    /// and reported as warnings; a missing required input is an error. The problems' line is that of the document's front matter.
    /// </summary>
    public static JsonObject Resolve(Sop sop, JsonObject? given, out IReadOnlyList<SopProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(sop);
        var found = new List<SopProblem>();
        var resolved = new JsonObject();
        foreach (var input in sop.Inputs)
        {
            var value = given?[input.Name] ?? input.Default;
            if (value is null && input.Required)
            {
                found.Add(new(SopSeverity.Error, 1, $"The procedure '{sop.Name}' needs the input '{input.Name}'. Give it in the workflow's inputs."));
            }

            resolved[input.Name] = value?.DeepClone();
        }

        foreach (var (name, _) in given ?? [])
        {
            if (!resolved.ContainsKey(name))
            {
                var declared = sop.Inputs.Count == 0 ? "none" : string.Join(", ", sop.Inputs.Select(i => i.Name));
                found.Add(new(SopSeverity.Warning, 1, $"The procedure '{sop.Name}' has no input '{name}'; it is not used. Its inputs: {declared}."));
            }
        }

        problems = found;
        return resolved;
    }
}
