using System.ComponentModel;
using System.Text.Json;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Auditing;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.ServiceDefaults.Tests.Auditing;

public sealed class AuditArgumentsTests
{
    private static readonly AgencyTool Tool = new(
        McpServerTool.Create(typeof(AuditArgumentsTests).GetMethod(nameof(Connect))!, target: null, new McpServerToolCreateOptions
        {
            SerializerOptions = AgencyJson.Options,
            SchemaCreateOptions = ToolSchemas.CreateOptions,
        }),
        typeof(AuditArgumentsTests).GetMethod(nameof(Connect)));

    [Fact]
    public void Secret_InAParameterOrAMember_IsSaidInTheSchemaAndNeverKept()
    {
        var properties = Tool.ProtocolTool.InputSchema.GetProperty("properties");
        Assert.True(properties.GetProperty("api_key").GetProperty("writeOnly").GetBoolean());
        Assert.False(properties.GetProperty("name").TryGetProperty("writeOnly", out _));
        Assert.True(AuditArguments.HoldSecrets(Tool.ProtocolTool.InputSchema));

        var kept = Write("""{"name":"crm","api_key":"k-123","login":{"user":"u","password":"p-456","other":"o-789"},"logins":[{"user":"v","password":"q-000"}]}""");

        Assert.Equal("crm", kept.GetProperty("name").GetString());
        Assert.Equal(AuditJson.Secret, kept.GetProperty("api_key").GetString());
        Assert.Equal("u", kept.GetProperty("login").GetProperty("user").GetString());
        Assert.Equal(AuditJson.Secret, kept.GetProperty("login").GetProperty("password").GetString());
        foreach (var secret in (string[])["k-123", "p-456", "o-789", "q-000"])
        {
            Assert.DoesNotContain(secret, kept.GetRawText(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Content_AndWhatNoToolKnows_AreKeptWithoutTheirText()
    {
        var kept = Write($$"""{"name":"{{new string('n', 300)}}","text":"between us","pasword":"hunter2"}""");

        Assert.Equal((10, 64), (kept.GetProperty("text").GetProperty("chars").GetInt32(), kept.GetProperty("text").GetProperty("sha256").GetString()!.Length));
        Assert.Equal(300, kept.GetProperty("name").GetProperty("chars").GetInt32());
        Assert.Equal("(unknown argument)", kept.GetProperty("pasword").GetString());
    }

    [Fact]
    public void Arguments_OfAnySizeAndDepth_StayBounded()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 60)) + "1" + new string('}', 60);
        var many = string.Join(',', Enumerable.Range(0, 500).Select(i => $"\"{new string('x', 200)}{i}\":1"));

        Assert.True(AuditArguments.Write(Tool, Parse($$"""{"any":{{deep}},{{many}}}"""))!.Length < 10_000);
        Assert.Null(AuditArguments.Write(Tool, null));

        var broken = Parse("""{"name":"\ud800"}""");
        Assert.Equal("""{"unreadable":true}""", AuditArguments.Write(Tool, broken));
        Assert.Null(AuditArguments.Target(Tool, broken));
        Assert.Equal("name=crm", AuditArguments.Target(Tool, Parse("""{"name":"crm","other":"x"}""")));
    }

    [Description("Connects.")]
    public static string Connect(
        [Description("Which.")] string name,
        [Description("The key.")][Secret] string? apiKey = null,
        [Description("Who.")] Login? login = null,
        [Description("More.")] IReadOnlyList<Login>? logins = null,
        [Description("A text.")][Content] string? text = null,
        [Description("Anything.")] JsonElement? any = null) => $"{name}{apiKey}{login}{logins}{text}{any}";

    private static JsonElement Write(string arguments) => JsonElement.Parse(AuditArguments.Write(Tool, Parse(arguments))!);

    private static Dictionary<string, JsonElement> Parse(string arguments) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments)!;

    public sealed record Login(string User, [property: Secret] string Password);
}
