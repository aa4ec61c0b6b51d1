using System.Text.Json;
using Agency.Data;
using Agency.Sops;

namespace Agency.CompanyContext.Procedures;

/// <summary>Whose version of a procedure it is.</summary>
internal enum SopSource
{
    /// <summary>The agency's, for every client without its own.</summary>
    Default,

    /// <summary>The client's own.</summary>
    Client,
}

/// <summary>Something wrong in a procedure; an error keeps it from running.</summary>
internal sealed record SopProblemView(SopSeverity Severity, int Line, string Message)
{
    public static IReadOnlyList<SopProblemView> Of(IEnumerable<SopProblem> problems) => [.. problems.Select(p => new SopProblemView(p.Severity, p.Line, p.Message))];
}

/// <summary>A value that a workflow gives to its procedure.</summary>
internal sealed record SopInputView(string Name, string? Description, bool Required, JsonElement? Default)
{
    public static IReadOnlyList<SopInputView> Of(Sop? sop) =>
        [.. (sop?.Inputs ?? []).Select(i => new SopInputView(i.Name, i.Description, i.Required, i.Default is null ? null : JsonSerializer.SerializeToElement(i.Default)))];
}

/// <summary>A step; <c>tool</c> is what it calls (server.tool), or null for guidance.</summary>
internal sealed record SopStepView(int Number, string Title, string? Tool)
{
    public static IReadOnlyList<SopStepView> Of(Sop? sop) => [.. (sop?.Steps ?? []).Select(s => new SopStepView(s.Number, s.Title, s.Call?.Tool.ToString()))];
}

/// <summary>A procedure in a list.</summary>
internal sealed record SopSummary(
    string Name, string? Title, string? Description, string? Version, SopSource Source, bool Valid, int Steps, IReadOnlyList<SopProblemView> Problems)
{
    public static SopSummary Of(SopText text, SopSource source) => new(
        text.Name, text.Parsed.Sop?.Title, text.Parsed.Sop?.Description, text.Parsed.Sop?.Version, source, text.Parsed.Sop is not null,
        text.Parsed.Sop?.Steps.Count ?? 0, SopProblemView.Of(text.Parsed.Problems));
}

/// <summary>A procedure in full.</summary>
internal sealed record SopView(
    string Name,
    string? Title,
    string? Description,
    string? Version,
    SopSource Source,
    bool Valid,
    string Markdown,
    IReadOnlyList<SopInputView> Inputs,
    IReadOnlyList<SopStepView> Steps,
    IReadOnlyList<string> Tools,
    IReadOnlyList<SopProblemView> Problems)
{
    public static SopView Of(SopText text, SopSource source)
    {
        var sop = text.Parsed.Sop;
        return new SopView(
            text.Name, sop?.Title, sop?.Description, sop?.Version, source, sop is not null, text.Markdown, SopInputView.Of(sop), SopStepView.Of(sop),
            [.. (sop?.Tools ?? []).Select(tool => tool.ToString())], SopProblemView.Of(text.Parsed.Problems));
    }
}

/// <summary>What is to say of a procedure's text.</summary>
internal sealed record SopValidation(
    bool Valid, string? Name, string? Title, IReadOnlyList<SopInputView> Inputs, IReadOnlyList<SopStepView> Steps, IReadOnlyList<SopProblemView> Problems)
{
    public static SopValidation Of(SopParseResult parsed) => new(
        parsed.Sop is not null, parsed.Sop?.Name, parsed.Sop?.Title, SopInputView.Of(parsed.Sop), SopStepView.Of(parsed.Sop), SopProblemView.Of(parsed.Problems));
}

/// <summary>A client's procedure that is gone; <c>default_remains</c> says whether the agency's takes its place.</summary>
internal sealed record SopDeleted(CompanyId Client, string Name, bool DefaultRemains);
