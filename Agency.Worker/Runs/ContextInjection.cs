using System.Text.Json.Nodes;
using Agency.Worker.Mcp;

namespace Agency.Worker.Runs;

/// <summary>Reads what the context server answers.</summary>
internal static class ContextInjection
{
    public const int PassageLimit = 5;

    private const int MaxIds = 50;

    /// <summary>The list of passages in a <c>query_company_context</c> answer.</summary>
    public static JsonArray Passages(ToolAnswer answer) => answer.Value switch
    {
        JsonArray list => list,
        JsonObject o => o["passages"] as JsonArray ?? o["items"] as JsonArray ?? o["results"] as JsonArray ?? [],
        _ => [],
    };

    public static IReadOnlyList<string> Ids(JsonArray passages) =>
        [.. passages.OfType<JsonObject>().Select(p => p["id"] ?? p["passage_id"]).OfType<JsonValue>().Select(v => Clip(v.ToString())).Take(MaxIds)];

    /// <summary>When the profile of a <c>get_company_profile</c> answer was last changed.</summary>
    public static DateTimeOffset? UpdatedAt(ToolAnswer answer) =>
        answer.Value is JsonObject o && o["profile"] is JsonObject profile && profile["updated_at"] is JsonValue value && value.TryGetValue(out DateTimeOffset at) ? at : null;

    private static string Clip(string id) => WorkerProtocol.ProtocolText.Clip(id, WorkerProtocol.ProtocolText.MaxName);
}
