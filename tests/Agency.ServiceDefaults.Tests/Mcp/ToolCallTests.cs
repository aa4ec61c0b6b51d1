using System.Text.Json;
using Agency.Data;
using Agency.ServiceDefaults.Mcp;
using Agency.Testing.Mcp;
using ModelContextProtocol.Protocol;

namespace Agency.ServiceDefaults.Tests.Mcp;

public sealed class ToolCallTests : IAsyncLifetime
{
    private static readonly RunId Run = RunId.New(TimeProvider.System);

    private readonly TestTokens _tokens = new();
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await SampleServer.StartAsync(_tokens);

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _tokens.Dispose();
    }

    [Fact]
    public async Task List_ForEachRole_ShowsWhatItMayCall()
    {
        Assert.Equal(["add_note", "break_note", "list_all_notes", "list_notes"], await NamesAsync(_tokens.Operator("context")));
        Assert.Equal(["break_note", "list_all_notes", "list_notes"], await NamesAsync(_tokens.Viewer("context")));
        Assert.Equal(["add_note", "break_note", "list_notes"], await NamesAsync(_tokens.Company("context", "acme")));
        Assert.Equal(["break_note", "list_notes"], await NamesAsync(_tokens.Company("context", "acme", canWrite: false)));
        Assert.Equal(["add_note"], await NamesAsync(_tokens.Run("context", "acme", Run, "add_note", "list_all_notes", "no_such_tool")));
    }

    [Fact]
    public async Task Call_NotAllowedToTheCaller_IsForbidden()
    {
        await AssertErrorAsync(_tokens.Viewer("context"), "add_note", """{"note_text":"x","client":"acme"}""", "forbidden", "may only read");
        await AssertErrorAsync(_tokens.Company("context", "acme", canWrite: false), "add_note", """{"note_text":"x"}""", "forbidden", "may only read");
        await AssertErrorAsync(_tokens.Company("context", "acme"), "list_all_notes", "{}", "forbidden", "operator");
        await AssertErrorAsync(_tokens.Run("context", "acme", Run, "list_notes"), "add_note", """{"note_text":"x"}""", "forbidden", "It may call: list_notes.");
        await AssertErrorAsync(_tokens.Run("context", "acme", Run, "list_all_notes"), "list_all_notes", "{}", "forbidden", "operator");
    }

    [Fact]
    public async Task Call_ByRun_ReachesTheToolAsItsCompany()
    {
        var result = await CallAsync(_tokens.Run("context", "acme", Run, "add_note"), "add_note", """{"note_text":"hello","short_code":"abc","extra_links":[{"url":"u","rank":null}]}""");

        Assert.Equal("""{"client":"acme","message":"Run: hello (abc, 1 links)"}""", Text(result));
    }

    [Fact]
    public async Task Call_WithAnotherCompany_AnswersAsForAnUnknownOne()
    {
        var foreign = await CallAsync(_tokens.Company("context", "acme"), "list_notes", """{"client":"other"}""");

        Assert.True(foreign.IsError);
        Assert.Equal("There is no client company 'other' for you. Call list_companies to see the ids you can use.", Text(foreign));
        await AssertErrorAsync(_tokens.Company("context", "acme"), "list_notes", """{"client":"ACME"}""", "not_found", "'ACME'");
        Assert.NotEqual(true, (await CallAsync(_tokens.Company("context", "acme"), "list_notes", """{"client":"acme"}""")).IsError);
    }

    [Fact]
    public async Task Call_ByOperatorWithoutClient_SaysWhatToDo() =>
        await AssertErrorAsync(_tokens.Operator("context"), "list_notes", "{}", "invalid", "Call list_companies");

    [Theory]
    [InlineData("""{"note_txt":"x"}""", "unknown argument 'note_txt'. Did you mean note_text?")]
    [InlineData("""{"noteText":"x"}""", "unknown argument 'noteText'. Did you mean note_text?")]
    [InlineData("{}", "missing required argument 'note_text' (The text)")]
    [InlineData("""{"note_text":null}""", "missing required argument 'note_text'")]
    [InlineData("""{"note_text":5}""", "'note_text' must be a string, but is a number")]
    [InlineData("""{"note_text":""}""", "'note_text' must have at least 1 characters, but has 0")]
    [InlineData("""{"note_text":"123456789012345678901"}""", "'note_text' must have at most 20 characters, but has 21")]
    [InlineData("""{"note_text":"x","short_code":"A1"}""", "'short_code' must match the pattern ^[a-z]+$, but is 'A1'")]
    [InlineData("""{"note_text":"x","extra_links":{}}""", "'extra_links' must be an array, but is an object")]
    [InlineData("""{"note_text":"x","extra_links":[{"url":"u","rank":null},{"url":1,"rank":2}]}""", "'extra_links[1].url' must be a string, but is a number")]
    [InlineData("""{"note_text":"x","extra_links":[{"url":"u","rank":2,"title":"t"}]}""", "unknown argument 'extra_links[0].title'. Known: rank, url.")]
    public async Task Call_WithBadArgument_NamesItAndTheConstraint(string arguments, string expected) =>
        await AssertErrorAsync(_tokens.Company("context", "acme"), "add_note", arguments, "invalid", expected);

    [Theory]
    [InlineData("""{"limit":0}""", "'limit' must be at least 1, but is 0")]
    [InlineData("""{"limit":101}""", "'limit' must be at most 100, but is 101")]
    [InlineData("""{"limit":1.5}""", "'limit' must be an integer, but is a number")]
    [InlineData("""{"limit":"5"}""", "'limit' must be an integer, but is a string")]
    [InlineData("""{"min_level":"VeryHigh"}""", "'min_level' must be one of low, very_high, but is 'VeryHigh'")]
    [InlineData("""{"limit":99999999999}""", "'limit' is too large or too small a number")]
    [InlineData("""{"limit":1.0}""", "'limit' must be an integer, but is a number")]
    [InlineData("""{"since":"2026-11-23T09:00:00"}""", "'since' must be a date and time with its offset, such as 2026-11-23T09:00:00Z, but is '2026-11-23T09:00:00'")]
    [InlineData("""{"since":"2026-11-23"}""", "'since' must be a date and time with its offset")]
    [InlineData("""{"about":"acme\n"}""", "'about' must match the pattern")]
    [InlineData("""{"client":"a\u0000"}""", "'client' must not hold the character U+0000")]
    [InlineData("""{"cursor":"nonsense"}""", "cursor is not one that this tool gave out")]
    public async Task Call_WithArgumentOutOfRange_NamesTheRange(string arguments, string expected) =>
        await AssertErrorAsync(_tokens.Company("context", "acme"), "list_notes", arguments, "invalid", expected);

    [Fact]
    public async Task Call_WithNullForOptionalArgument_TakesTheDefault()
    {
        var result = await CallAsync(_tokens.Company("context", "acme"), "list_notes", """{"client":null,"limit":null,"min_level":null,"since":"2026-11-23T09:00:00+01:00","about":"w-1"}""");

        Assert.NotEqual(true, result.IsError);
        Assert.Equal(3, result.StructuredContent!.Value.GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task Call_ThatSucceeds_AnswersTextAndStructureWithNullsAndPlainLetters()
    {
        var result = await CallAsync(_tokens.Company("context", "acme"), "list_notes", """{"limit":1,"min_level":"low"}""");

        var page = result.StructuredContent!.Value;
        Assert.Equal(
            """{"client":"acme","run_id":null,"text":"Über note 1 <ok>","author":null,"level":"low","max_uses":1,"tags":[]}""",
            JsonSerializer.Serialize(page.GetProperty("items")[0], AgencyJson.Options));
        Assert.Contains("Über note 1 <ok>", Text(result), StringComparison.Ordinal);

        var next = await CallAsync(_tokens.Company("context", "acme"), "list_notes", $$"""{"limit":2,"cursor":"{{page.GetProperty("next_cursor").GetString()}}"}""");
        Assert.Equal([2, 3], next.StructuredContent!.Value.GetProperty("items").EnumerateArray().Select(note => note.GetProperty("max_uses").GetInt32()));
        Assert.Equal(JsonValueKind.Null, next.StructuredContent!.Value.GetProperty("next_cursor").ValueKind);
    }

    [Fact]
    public async Task Call_ThatBreaks_TellsOnlyATraceId()
    {
        var result = await CallAsync(_tokens.Company("context", "acme"), "break_note", "{}");

        Assert.True(result.IsError);
        Assert.DoesNotContain("secret", Text(result), StringComparison.Ordinal);
        var error = result.Meta![ToolResults.ErrorMetaKey]!;
        Assert.Equal("internal", error["kind"]!.GetValue<string>());
        Assert.Contains(error["trace_id"]!.GetValue<string>(), Text(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Tools_Advertised_AreAsRecorded() => ToolSnapshot.Verify(_server.Services, "tools");

    private async Task AssertErrorAsync(string token, string tool, string arguments, string kind, string text)
    {
        var result = await CallAsync(token, tool, arguments);

        Assert.True(result.IsError, Text(result));
        Assert.Contains(text, Text(result), StringComparison.Ordinal);
        Assert.Null(result.StructuredContent);
        var error = result.Meta![ToolResults.ErrorMetaKey]!;
        Assert.Equal(kind, error["kind"]!.GetValue<string>());
        Assert.Equal(Text(result), error["message"]!.GetValue<string>());
    }

    private async Task<CallToolResult> CallAsync(string token, string tool, string arguments)
    {
        var client = await _server.ConnectAsync(token);
        return await client.CallToolAsync(new CallToolRequestParams
        {
            Name = tool,
            Arguments = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments),
        });
    }

    private async Task<IEnumerable<string>> NamesAsync(string token)
    {
        var client = await _server.ConnectAsync(token);
        return (await client.ListToolsAsync()).Select(tool => tool.Name);
    }

    private static string Text(CallToolResult result) => Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
}
