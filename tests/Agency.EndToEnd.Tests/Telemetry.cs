using System.Text.Json;

namespace Agency.EndToEnd.Tests;

/// <summary>What the Aspire dashboard has been sent, as its API gives it.</summary>
public sealed class Telemetry(Uri dashboard, string apiKey)
{
    /// <summary>The spans of a trace, each with the service that sent it.</summary>
    public async Task<IReadOnlyList<(string Service, JsonElement Span)>> GetSpansAsync(string traceId)
    {
        using var http = new HttpClient { BaseAddress = dashboard };
        http.DefaultRequestHeaders.Add("x-api-key", apiKey);
        using var answer = await http.GetAsync(new Uri($"/api/telemetry/traces/{traceId}", UriKind.Relative), TestContext.Current.CancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            return [];
        }

        var root = JsonElement.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return [.. from resource in root.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
            let service = Attribute(resource.GetProperty("resource"), "service.name")
            from scope in resource.GetProperty("scopeSpans").EnumerateArray()
            from span in scope.GetProperty("spans").EnumerateArray()
            select (service, span)];
    }

    /// <summary>The text of an attribute, or null.</summary>
    public static string? Attribute(JsonElement owner, string name) =>
        owner.TryGetProperty("attributes", out var attributes)
            ? attributes.EnumerateArray().Where(a => a.GetProperty("key").GetString() == name)
                .Select(a => a.GetProperty("value").GetProperty("stringValue").GetString()).FirstOrDefault()
            : null;
}
