using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Agency.Testing.Tenancy;

/// <summary>
/// Calls every tool of a server with the token of one client and whatever names another one's things, in every place that takes a text and in
/// spellings that look alike. Made from the tools' schemas and the database's, so a new tool and a new table are part of it.
/// </summary>
/// <param name="attacker">With a token of the client <c>mine</c>, to read and to write.</param>
/// <param name="staff">With an operator's: knows all tools.</param>
/// <param name="victim">With a token of the client <c>theirs</c>: knows its cursors.</param>
/// <param name="database">Where both clients have their rows.</param>
public sealed partial class TenantAttack(McpClient attacker, McpClient staff, McpClient victim, AgencyTestDatabase database)
{
    private const string Theirs = "theirs";

    /// <summary>Texts of theirs that no argument holds.</summary>
    private static readonly string[] Secrets = [$"Name of {Theirs}", $"Guide of {Theirs}", $"Report of {Theirs}", ClientRows.Memory];

    private readonly List<string> _faults = [];
    private string[] _ids = [];
    private string[] _cursors = [];

    /// <summary>False: only what is leaked or changed is looked for, with another client's names as they are.</summary>
    public bool IsThorough { get; init; } = true;

    /// <summary>How many calls were made.</summary>
    public int Calls { get; private set; }

    /// <summary>Tools that no call got past the check of the arguments: what they would do with them was not seen.</summary>
    public List<string> NotReached { get; } = [];

    /// <summary>What was leaked, changed or answered in two ways.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var before = await RowsAsync();
        _ids = await ValuesAsync("e.value ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'");
        string[] named = [.. _ids, .. await ValuesAsync("(e.key like '%\\_id' and e.value !~ '^[0-9]+$') or e.key in ('name', 'source')"), .. _cursors = await CursorsAsync()];
        string[] attacks = [.. named.Except(await ValuesAsync("true", "mine")).Except(IsThorough ? [] : Secrets).Concat(IsThorough ? LookAlikes() : []).Distinct()];

        // What changes things comes last: it leaves texts among the attacker's own that the others would show.
        foreach (var tool in (await staff.ListToolsAsync()).OrderBy(t => t.ProtocolTool.Annotations?.ReadOnlyHint is not true))
        {
            await AttackAsync(tool, attacks);
        }

        var after = await RowsAsync();
        _faults.AddRange(before.Keys.Union(after.Keys).Where(table => before.GetValueOrDefault(table) != after.GetValueOrDefault(table)).Select(table => $"{table} was changed"));
        return _faults;
    }

    private async Task AttackAsync(McpClientTool tool, string[] attacks)
    {
        var (schema, reached) = (tool.JsonSchema, false);
        foreach (var attack in attacks)
        {
            var twin = Twin(attack);
            foreach (var ((place, arguments), (_, innocent)) in ToolArguments.With(schema, attack).Zip(ToolArguments.With(schema, twin)))
            {
                var answer = await CallAsync(tool.Name, arguments);
                reached |= !answer.StartsWith("invalid: ", StringComparison.Ordinal);
                var where = $"{tool.Name}, {place} = '{attack}'";
                _faults.AddRange(Secrets.Where(s => !attack.Contains(s, StringComparison.Ordinal) && answer.Contains(s, StringComparison.Ordinal)).Select(s => $"{where}: tells '{s}'"));
                _faults.AddRange(_ids.Where(id => tool.ProtocolTool.Annotations?.ReadOnlyHint is true && !attack.Contains(id, StringComparison.Ordinal) && answer.Contains(id, StringComparison.Ordinal)).Select(id => $"{where}: tells the id {id}"));

                if (!IsThorough || _cursors.Contains(attack))
                {
                    continue; // A place in a list, which means nothing to anybody else: there is no such thing as one that does not exist.
                }

                // What is another's and what does not exist are answered alike. Of a text that is none of its kind the error may say where it goes wrong.
                var other = await CallAsync(tool.Name, innocent);
                var (kind, otherKind) = (Kind(answer), Kind(other));
                if (kind != otherKind || (kind is not ("ok" or "invalid") && Neutral(answer, attack) != Neutral(other, twin)))
                {
                    _faults.Add($"{where}: '{answer}', but '{other}' for '{twin}'");
                }
            }
        }

        if (!reached && schema.GetProperty("properties").EnumerateObject().Any() && !(await CallAsync(tool.Name, ToolArguments.Least(schema))).StartsWith("forbidden: ", StringComparison.Ordinal))
        {
            NotReached.Add(tool.Name);
        }
    }

    private async Task<string> CallAsync(string tool, JsonObject arguments)
    {
        Calls++;
        var values = JsonSerializer.SerializeToElement(arguments).EnumerateObject().ToDictionary(p => p.Name, p => (object?)p.Value);
        try
        {
            var result = await attacker.CallToolAsync(tool, values);
            var text = string.Join('\n', result.Content.OfType<TextContentBlock>().Select(b => b.Text));
            return result.IsError is true ? $"{result.Meta?["agency/error"]?["kind"]}: {text}" : $"ok: {text} {result.StructuredContent}";
        }
        catch (ModelContextProtocol.McpException e)
        {
            return $"protocol: {e.Message}";
        }
    }

    private static string Kind(string answer) => answer[..answer.IndexOf(':', StringComparison.Ordinal)];

    /// <summary>An error without what was asked for, however it is shown, and without trace ids.</summary>
    private static string Neutral(string answer, string asked) =>
        Hex().Replace(answer.Replace(asked, "*", StringComparison.Ordinal).Replace(asked.Replace('\n', ' '), "*", StringComparison.Ordinal).Replace(JsonEncodedText.Encode(asked).ToString(), "*", StringComparison.Ordinal), "#");

    /// <summary>The same shape, and nobody's.</summary>
    private static string Twin(string attack) =>
        attack.Contains(Theirs, StringComparison.OrdinalIgnoreCase)
            ? attack.Replace(Theirs, "nobody", StringComparison.Ordinal).Replace("THEIRS", "NOBODY", StringComparison.Ordinal).Replace("Theirs", "Nobody", StringComparison.Ordinal)
            : new string([.. attack.Select(Next)]);

    /// <summary>Letters stay letters, hexadecimal ones such, and digits digits.</summary>
    private static char Next(char c) => c switch
    {
        >= '1' and <= '9' => (char)('1' + ((c - '0') % 9)),
        >= 'a' and <= 'f' => (char)('a' + ((c - 'a' + 1) % 6)),
        >= 'g' and <= 'z' => (char)('g' + ((c - 'g' + 1) % 20)),
        _ => c,
    };

    private static string[] LookAlikes() =>
    [
        "THEIRS", "Theirs", " theirs", "theirs ", "theirs\n", "theirs/", "./theirs", "mine/../theirs", "../theirs", "th%65irs", "theirs%00", "theirs\u200b", "th\u0435irs",
        "\uff54\uff48\uff45\uff49\uff52\uff53", "mine,theirs", "mine' or company_id = 'theirs", "*", "%",
    ];

    private async Task<string[]> CursorsAsync()
    {
        var cursors = new List<string>();
        foreach (var tool in (await victim.ListToolsAsync()).Where(t => t.JsonSchema.GetProperty("properties").TryGetProperty("cursor", out _)))
        {
            var page = await victim.CallToolAsync(tool.Name, new Dictionary<string, object?> { ["limit"] = 1 });
            if (page.StructuredContent is { } content && content.TryGetProperty("next_cursor", out var cursor) && cursor.GetString() is { } next)
            {
                cursors.Add(next);
            }
        }

        return [.. cursors];
    }

    private Task<string[]> TablesAsync() => database.ScalarAsync<string[]>("""
        select array_agg(distinct table_name::text) from information_schema.columns c
        where table_schema = 'agency' and column_name = 'company_id' and table_name <> 'company_share'
        """)!;

    /// <summary>What stands in a client's rows, by the column's name and the value.</summary>
    private async Task<string[]> ValuesAsync(string condition, string client = Theirs)
    {
        var values = new HashSet<string>();
        foreach (var table in await TablesAsync())
        {
            values.UnionWith(await database.ScalarAsync<string[]>($"""
                select coalesce(array_agg(distinct e.value), array[]::text[]) from agency.{table} t, jsonb_each_text(to_jsonb(t)) e
                where t.company_id = '{client}' and e.value is not null and e.value <> '' and ({condition})
                """) ?? []);
        }

        return [.. values];
    }

    /// <summary>A fingerprint of their rows, by table.</summary>
    private async Task<Dictionary<string, string>> RowsAsync()
    {
        var rows = new Dictionary<string, string>();
        foreach (var table in await TablesAsync())
        {
            rows[table] = await database.ScalarAsync<string>(
                $"select coalesce(md5(string_agg(to_jsonb(t)::text, ',' order by to_jsonb(t)::text)), '') from agency.{table} t where company_id = '{Theirs}'") ?? "";
        }

        return rows;
    }

    [GeneratedRegex("[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")]
    private static partial Regex Hex();
}
