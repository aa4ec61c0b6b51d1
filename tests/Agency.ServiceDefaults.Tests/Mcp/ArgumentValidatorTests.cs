using System.Text.Json;
using Agency.ServiceDefaults.Mcp;

namespace Agency.ServiceDefaults.Tests.Mcp;

public sealed class ArgumentValidatorTests
{
    [Fact]
    public void Check_HalfASurrogatePair_IsAFault() =>
        Assert.Equal(["the arguments hold text that is not valid Unicode"], Check("""{"type":"object","properties":{"a":{"type":"string"}}}""", """{"a":"\ud800"}"""));

    [Fact]
    public void Check_RecursiveSchema_FollowsReferences()
    {
        const string Tree = """{"type":"object","properties":{"tree":{"type":"object","properties":{"name":{"type":"string"},"children":{"type":"array","items":{"$ref":"#/properties/tree"}}},"additionalProperties":false}}}""";

        Assert.Empty(Check(Tree, """{"tree":{"name":"a","children":[{"name":"b","children":[]}]}}"""));
        Assert.Equal(["'tree.children[0].name' must be a string, but is a number"], Check(Tree, """{"tree":{"children":[{"name":1}]}}"""));
    }

    [Fact]
    public void Check_NestedWithoutEnd_StopsWithAFault()
    {
        const string Endless = """{"type":"object","properties":{"a":{"type":"array","items":{"$ref":"#/properties/a"}}}}""";
        var value = string.Concat(Enumerable.Repeat("[", 40)) + string.Concat(Enumerable.Repeat("]", 40));

        Assert.Contains("nested too deeply", Assert.Single(Check(Endless, $$$"""{"a":{{{value}}}}""")), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_ManyFaults_NamesTheFirstFew() =>
        Assert.Equal(5, Check("""{"type":"object","properties":{},"additionalProperties":false}""", """{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}""").Count);

    [Fact]
    public void Check_ManyUnknownArguments_LooksAtTheFirstFewAlone()
    {
        var schema = JsonSerializer.Deserialize<JsonElement>("""{"type":"object","properties":{"known":{"type":"string"}},"required":["known"],"additionalProperties":false}""");
        var arguments = Enumerable.Range(0, 200_000).Select(i => KeyValuePair.Create($"unknown{i}", default(JsonElement))).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var faults = ArgumentValidator.Check(schema, arguments);

        // A suggestion for each would take a hundred megabytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 30_000_000);
        Assert.Equal(5, faults.Count);
    }

    [Theory]
    [InlineData("""{"type":"integer"}""", "2147483648", false)]
    [InlineData("""{"type":"integer","format":"int64"}""", "2147483648", true)]
    [InlineData("""{"type":"number","format":"decimal"}""", "1e40", false)]
    [InlineData("""{"type":"number"}""", "1e40", true)]
    public void Check_Number_MustFitItsType(string schema, string value, bool fits) =>
        Assert.Equal(fits, Check($$$"""{"type":"object","properties":{"n":{{{schema}}}}}""", $$$"""{"n":{{{value}}}}""").Count == 0);

    private static IReadOnlyList<string> Check(string schema, string arguments) => ArgumentValidator.Check(
        JsonSerializer.Deserialize<JsonElement>(schema), JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments)!);
}
