using System.Text.Json.Nodes;

namespace Agency.Sops.Tests;

public sealed class SopParserTests
{
    private const string Full = """
        ---
        name: weekly_reporting
        description: Writes the weekly report.
        version: 2
        timeout: 2m
        context_query: goals of {{ company.name }} for {{ inputs.period }}
        inputs:
          - name: period
            description: What the report covers.
            default: weekly
          - name: limit
            required: true
          - name: ratio
            default: 1.5
        ---
        # Weekly *reporting*

        Some introduction.

        1. **Fetch the profile.** It says who they are.

           ```tool context.get_company_profile as profile
           { "client": "{{ company.id }}" }
           ```

        2. Think about the goals.
           Take your time.

        ## Second half

        3. Report:

           ```tool operations.generate_client_report
           { "client": "{{ company.id }}", "note": "{{ steps.profile.name }}", "period": "{{ inputs.period }}" }
           ```

        4. Report again.

           ```tool operations.generate_client_report
           ```
        """;

    [Fact]
    public void Parse_FullDocument_ReadsEveryPart()
    {
        var result = SopParser.Parse(Full);

        Assert.Empty(result.Problems);
        var sop = result.Sop!;
        Assert.Equal("weekly_reporting", sop.Name);
        Assert.Equal("Weekly reporting", sop.Title);
        Assert.Equal("Writes the weekly report.", sop.Description);
        Assert.Equal("2", sop.Version);
        Assert.Equal(TimeSpan.FromMinutes(2), sop.StepTimeout);
        Assert.Equal("goals of {{ company.name }} for {{ inputs.period }}", sop.ContextQuery);
        Assert.Equal(["period", "limit", "ratio"], sop.Inputs.Select(i => i.Name));
        Assert.Equal("weekly", sop.Inputs[0].Default!.GetValue<string>());
        Assert.True(sop.Inputs[1].Required);
        Assert.Equal(1.5m, sop.Inputs[2].Default!.GetValue<decimal>());

        Assert.Equal([1, 2, 3, 4], sop.Steps.Select(s => s.Number));
        Assert.Equal(["Fetch the profile", "Think about the goals", "Report", "Report again"], sop.Steps.Select(s => s.Title));
        Assert.Equal("**Fetch the profile.** It says who they are.", sop.Steps[0].Instructions);
        Assert.Equal(20, sop.Steps[0].Line);
        Assert.Equal(new SopTool("context", "get_company_profile"), sop.Steps[0].Call!.Tool);
        Assert.Equal("profile", sop.Steps[0].Call!.As);
        Assert.Null(sop.Steps[1].Call);
        Assert.Equal("step3", sop.Steps[2].Call!.As);
        Assert.Empty(sop.Steps[3].Call!.ArgumentsTemplate);
    }

    [Fact]
    public void Tools_RepeatedCalls_ListsEachOnceAndAllowsContextInjection()
    {
        var sop = Sample.Parsed(Full);

        Assert.Equal(["context.get_company_profile", "operations.generate_client_report"], sop.Tools.Select(t => t.ToString()));
        Assert.Equal(
            ["context.get_company_profile", "context.query_company_context", "operations.generate_client_report"],
            sop.AllowedTools.Select(t => t.ToString()));
    }

    [Fact]
    public void Parse_ContextNone_AllowsNothingButTheStepsTools()
    {
        var sop = Sample.Parsed(Sample.WithCall("{}", "operations.list_runs", "context: none"));

        Assert.False(sop.InjectsContext);
        Assert.Equal(["operations.list_runs"], sop.AllowedTools.Select(t => t.ToString()));
        Assert.Equal(
            ["context.get_company_profile"],
            Sample.Parsed(Sample.WithCall("{}", "context.get_company_profile", "context: none")).AllowedTools.Select(t => t.ToString()));
        Assert.True(Sample.Parsed(Sample.WithCall("{}", frontMatter: "context: inject")).InjectsContext);
        Assert.True(Sample.Parsed(Sample.WithCall("{}")).InjectsContext);
    }

    [Fact]
    public void Parse_ContextNoneAndAReferenceToIt_NamesBothWaysOut()
    {
        var error = Sample.SingleError(Sample.WithCall("{ \"a\": \"{{ context.profile.name }}\" }", frontMatter: "context: none"));

        Assert.Contains("Remove that line, or this reference", error.Message, StringComparison.Ordinal);
        Assert.Equal(10, error.Line);
    }

    [Fact]
    public void Parse_ContextNoneAndAQuery_Warns()
    {
        var result = SopParser.Parse(Sample.WithCall("{}", frontMatter: "context: none\ncontext_query: goals"));

        Assert.Empty(result.Errors);
        Assert.Contains("'context_query' is not used", Assert.Single(result.Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OriginalPlainProcedure_WarnsAtMost()
    {
        var result = SopParser.Parse("# Client Onboarding!\n\n1. Send the welcome pack.\n2. Book a call\n");

        Assert.Empty(result.Errors);
        Assert.Equal("client_onboarding", result.Sop!.Name);
        Assert.Equal(["Send the welcome pack", "Book a call"], result.Sop.Steps.Select(s => s.Title));
        Assert.Equal("Client Onboarding!.", result.Sop.ContextQuery);
        Assert.Empty(result.Sop.Tools);
    }

    [Fact]
    public void Parse_WindowsLineEndings_SameAsUnix() =>
        Assert.Equal(Sample.Parsed(Full).Steps[2].Line, Sample.Parsed(Full.ReplaceLineEndings("\r\n")).Steps[2].Line);

    [Theory]
    [InlineData("Just text.", "There is no title")]
    [InlineData("# Title\n\nText", "There are no steps")]
    [InlineData("---\nname: x\n# Title\n\n1. a", "not closed")]
    public void Parse_MissingPart_SaysWhatToWrite(string markdown, string expected) =>
        Assert.Contains(SopParser.Parse(markdown).Errors, e => e.Message.Contains(expected, StringComparison.Ordinal));

    [Theory]
    [InlineData("name: has spaces", 2, "is not a procedure name")]
    [InlineData("name: x\ntimeout: soon", 3, "'90s' or '5m'")]
    [InlineData("name: x\ncontext: some", 3, "Write 'none' to leave it out, or 'inject'")]
    [InlineData("name: x\ncontext:", 3, "Write 'none' to leave it out, or 'inject'")]
    [InlineData("name: x\ncontext: [none]", 3, "not a text")]
    [InlineData("name: x\ninputs: nothing", 3, "not a list")]
    [InlineData("name: x\ninputs:\n  - description: no name", 4, "needs a name")]
    [InlineData("name: x\ninputs:\n  - name: a\n  - name: a", 5, "declared twice")]
    [InlineData("name: x\ninputs:\n  - name: a\n    required: maybe", 5, "'true' or 'false'")]
    [InlineData("name: [1, 2]", 2, "not a text")]
    [InlineData("name: &a x\ndescription: *a", 3, "alias")]
    [InlineData("name: 'x", 2, "not valid YAML")]
    [InlineData("name: x\ninputs: [[[[[[[[[[[[1]]]]]]]]]]]]", 3, "levels deep")]
    [InlineData("name: x\ncontext_query: '{{ steps.a }}'", 3, "unknown")]
    public void Parse_WrongFrontMatter_NamesLineAndRemedy(string yaml, int line, string expected)
    {
        var error = Sample.SingleError($"---\n{yaml}\n---\n# Title\n\n1. Step\n");

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
    }

    [Theory]
    [InlineData("{ \"a\": }", "context.recall", "not valid JSON")]
    [InlineData("{ \"a\": {{ company.id }} }", "context.recall", "inside quotes")]
    [InlineData("{ \"a\": 1, \"a\": 2 }", "context.recall", "not valid JSON")]
    [InlineData("[1]", "context.recall", "JSON object")]
    [InlineData("{ \"a\": \"{{ company.secret }}\" }", "context.recall", "'company' has id, name")]
    [InlineData("{ \"a\": [{ \"b\": \"{{ inputs.x }}\" }] }", "context.recall", "no input 'x' is declared")]
    [InlineData("{ \"a\": \"{{ steps.later.id }}\" }", "context.recall", "no earlier step has a result named 'later'")]
    [InlineData("{ \"a\": \"{{ nowhere }}\" }", "context.recall", "unknown")]
    [InlineData("{ \"a\": \"{{ company.id\" }", "context.recall", "no closing")]
    [InlineData("{ \"a\": \"{{ company..id }}\" }", "context.recall", "is not a reference")]
    [InlineData("{ \"{{ company.id }}\": 1 }", "context.recall", "values only")]
    public void Parse_WrongArguments_NamesLineAndRemedy(string arguments, string call, string expected)
    {
        var error = Sample.SingleError(Sample.WithCall(arguments, call));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(9, error.Line);
    }

    [Theory]
    [InlineData("recall")]
    [InlineData("context.recall.more")]
    [InlineData("context.recall as")]
    [InlineData("context.recall into x")]
    [InlineData("context.")]
    public void Parse_WrongCall_ShowsTheForm(string call)
    {
        var error = Sample.SingleError(Sample.WithCall("{}", call));

        Assert.Contains("```tool server.tool", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, error.Line);
    }

    [Theory]
    [InlineData("contxt.recall", "no server 'contxt'. Servers: context.")]
    [InlineData("context.recal", "no tool 'recal'. Its tools: recall, remember.")]
    public void Parse_UnknownTool_ListsWhatThereIs(string call, string expected)
    {
        var known = new SopToolSet([new("context", "remember"), new("context", "recall")]);

        Assert.Contains(expected, Sample.SingleError(Sample.WithCall("{}", call), known).Message, StringComparison.Ordinal);
        Assert.Empty(SopParser.Parse(Sample.WithCall("{}"), known).Problems);
    }

    [Fact]
    public void Parse_FenceOutsideStep_SaysToIndent()
    {
        var error = Sample.SingleError("---\nname: x\n---\n# T\n\n1. a\n\n```tool context.recall\n{}\n```\n");

        Assert.Contains("Indent it", error.Message, StringComparison.Ordinal);
        Assert.Equal(8, error.Line);
    }

    [Fact]
    public void Parse_TwoCallsInOneStep_Refused()
    {
        var markdown = "---\nname: x\n---\n# T\n\n1. a\n\n   ```tool context.recall\n   {}\n   ```\n\n   ```tool context.recall\n   {}\n   ```\n";

        Assert.Contains("more than one tool call", Sample.SingleError(markdown).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SameResultNameTwice_Refused()
    {
        var markdown = "---\nname: x\n---\n# T\n\n1. a\n\n   ```tool a.b as r\n   {}\n   ```\n\n2. b\n\n   ```tool a.b as r\n   {}\n   ```\n";

        Assert.Contains("Two results are named 'r'", Sample.SingleError(markdown).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_OtherFences_AreInstructions()
    {
        var sop = Sample.Parsed("# T\n\n1. Run this:\n\n   ```sh\n   ls\n   ```\n");

        Assert.Null(sop.Steps[0].Call);
        Assert.Contains("ls", sop.Steps[0].Instructions, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_HostileDepth_ReportsInsteadOfOverflowing()
    {
        Assert.NotEmpty(SopParser.Parse("# T\n\n1. a\n\n" + new string('>', 100_000)).Errors);
        Assert.NotEmpty(SopParser.Parse($"---\nname: {new string('[', 30_000)}\n---\n# T\n\n1. a").Errors);
        Assert.NotEmpty(SopParser.Parse(Sample.WithCall("{\"a\":" + new string('[', 100_000))).Errors);
        Assert.NotEmpty(SopParser.Parse(new string('x', SopParser.MaxLength + 1)).Errors);
    }

    [Fact]
    public void ContextQuery_DefaultWithBraces_IsNoTemplate()
    {
        var sop = Sample.Parsed("---\nname: x\ndescription: 'about {{ steps }}'\n---\n# T\n\n1. a\n");

        Assert.True(SopTemplate.TryRenderText(sop.ContextQuery, new SopScope(), out var text, out _));
        Assert.Equal("T. about  steps }}", text);
    }

    [Fact]
    public void Resolve_Inputs_TakesGivenThenDefaultThenNull()
    {
        var sop = Sample.Parsed(Full);

        var inputs = SopInputs.Resolve(sop, new JsonObject { ["limit"] = 3, ["typo"] = 1 }, out var problems);

        Assert.Equal("""{"period":"weekly","limit":3,"ratio":1.5}""", inputs.ToJsonString());
        var warning = Assert.Single(problems);
        Assert.Equal(SopSeverity.Warning, warning.Severity);
        Assert.Contains("no input 'typo'", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_RequiredInputMissing_IsAnError()
    {
        _ = SopInputs.Resolve(Sample.Parsed(Full), null, out var problems);

        Assert.Equal(SopSeverity.Error, Assert.Single(problems).Severity);
    }
}
