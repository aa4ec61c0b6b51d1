using System.Text.Json.Nodes;

namespace Agency.Sops.Tests;

public sealed class SopTemplateTests
{
    private readonly SopScope _scope = new SopScope()
        .WithCompany("acme", "Acme \"Ltd\"")
        .WithWorkflow("onboarding-acme", "client_onboarding")
        .WithRun("r1", new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.FromHours(1)), 2)
        .WithInputs(new JsonObject { ["hostile"] = "\", \"client\": \"other\" {{ company.id }}", ["nothing"] = null })
        .WithContext(new JsonObject { ["industry"] = "steel" }, new JsonArray("p1", "p2"));

    private string Render(string template)
    {
        Assert.True(SopTemplate.TryRender(JsonNode.Parse(template), _scope, out var value, out var error), error);
        return value?.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) ?? "null";
    }

    private string ErrorOf(string template)
    {
        Assert.False(SopTemplate.TryRender(JsonNode.Parse(template), _scope, out _, out var error));
        return error;
    }

    [Theory]
    [InlineData("""{"a":"{{ company.id }}","b":[1,true,null]}""", """{"a":"acme","b":[1,true,null]}""")]
    [InlineData("\"{{run.attempt}}\"", "2")]
    [InlineData("\" {{run.attempt}}\"", "\" 2\"")]
    [InlineData("\"{{ run.scheduled_for }} {{ run.date }}\"", "\"2026-03-02T09:00:00Z 2026-03-02\"")]
    [InlineData("\"{{ context.passages }}\"", """["p1","p2"]""")]
    [InlineData("\"All: {{ context.passages }}\"", """
        "All: [\"p1\",\"p2\"]"
        """)]
    [InlineData("\"{{ context.passages[1] }}\"", "\"p2\"")]
    [InlineData("\"{{ inputs.nothing }}\"", "null")]
    [InlineData("\"<{{ inputs.nothing }}>\"", "\"<>\"")]
    [InlineData("\"{{ workflow.type }}\"", "\"client_onboarding\"")]
    public void TryRender_Reference_TakesTypeWhenAloneAndTextOtherwise(string template, string expected) =>
        Assert.Equal(expected.Trim(), Render(template));

    [Fact]
    public void TryRender_HostileValue_StaysDataInItsString()
    {
        var rendered = JsonNode.Parse(Render("""{"text":"said: {{ inputs.hostile }}","client":"{{ company.id }}"}"""))!;

        Assert.Equal("said: \", \"client\": \"other\" {{ company.id }}", rendered["text"]!.GetValue<string>());
        Assert.Equal("acme", rendered["client"]!.GetValue<string>());
    }

    [Fact]
    public void TryRender_StepResults_FollowPaths()
    {
        _scope.AddStep("report", JsonNode.Parse("""{"items":[{"id":"x"},{"id":7}],"total":2}"""));

        Assert.Equal("7", Render("\"{{ steps.report.items[1].id }}\""));
        Assert.Equal("\"2 of x\"", Render("\"{{ steps.report.total }} of {{ steps.report.items[0].id }}\""));
    }

    [Fact]
    public void TryRender_UnknownReference_NamesItAndListsWhatThereIs()
    {
        _scope.AddStep("report", JsonNode.Parse("""{"id":"x","title":"t","items":[1]}"""));

        Assert.Equal(
            "'{{ steps.report.idd }}' refers to nothing: 'steps.report' has no 'idd'. Available: id, title, items.",
            ErrorOf("\"{{ steps.report.idd }}\""));
        Assert.Contains("'steps.report.items' has 1 items", ErrorOf("\"{{ steps.report.items[3] }}\""), StringComparison.Ordinal);
        Assert.Contains("single value", ErrorOf("\"{{ steps.report.id.x }}\""), StringComparison.Ordinal);
        Assert.Contains("is null", ErrorOf("\"{{ inputs.nothing.x }}\""), StringComparison.Ordinal);
        Assert.Contains("Available: steps, company", ErrorOf("\"{{ nope }}\""), StringComparison.Ordinal);
    }

    [Fact]
    public void TryRender_WithheldResult_GivesTheReason()
    {
        _scope.WithholdStep("big", "its result was too large.");

        Assert.Equal("'{{ steps.big.id }}': its result was too large.", ErrorOf("\"{{ steps.big.id }}\""));
    }

    [Fact]
    public void TryRender_ScopeValueUsedTwice_IsCopied()
    {
        Assert.Equal("""[["p1","p2"],["p1","p2"]]""", Render("""["{{ context.passages }}","{{ context.passages }}"]"""));
    }
}
