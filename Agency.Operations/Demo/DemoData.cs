using System.Text.Json.Nodes;

namespace Agency.Operations.Demo;

/// <summary>
/// Two clients with profiles, documents and workflows: what someone sees who starts the agency for the first time. Every call can be made
/// again without harm.
/// </summary>
internal static class DemoData
{
    private const string Nordwind = "nordwind";
    private const string Sakura = "sakura";
    private const string EveryMinute = "* * * * *";

    public static IEnumerable<DemoCall> Calls() =>
    [
        Company(Nordwind, new()
        {
            ["name"] = "Nordwind Coffee Roasters",
            ["time_zone"] = "Europe/Berlin",
            ["industry"] = "Food and drink",
            ["summary"] = "Roasts single-origin coffee in Hamburg and sells it online and to forty cafés.",
            ["tone_of_voice"] = "Warm, exact, never pushy.",
            ["goals"] = new JsonArray("Raise the share of subscription orders to 25 %", "Bring the cost of a new subscriber below 14 EUR"),
            ["currency"] = "EUR",
            ["monthly_fee"] = 2400,
            ["fee_per_successful_run"] = 0.35,
            ["sla_minutes"] = 30,
        }),
        Company(Sakura, new()
        {
            ["name"] = "株式会社さくら",
            ["time_zone"] = "Asia/Tokyo",
            ["industry"] = "Confectionery",
            ["summary"] = "Makes seasonal Japanese sweets in Kyoto and begins to sell them to hotels abroad.",
            ["tone_of_voice"] = "Polite and seasonal.",
            ["goals"] = new JsonArray("Sell to hotels in Singapore and Taipei"),
            ["currency"] = "EUR",
            ["monthly_fee"] = 1800,
            ["fee_per_successful_run"] = 0.5,
            ["sla_minutes"] = 30,
        }),
        Document(Nordwind, "nordwind-brand.md"),
        Document(Nordwind, "nordwind-calendar.txt"),
        Document(Sakura, "sakura-guide.md"),
        .. Workflow(Nordwind, "client_onboarding", null),
        .. Workflow(Nordwind, "daily_digest", EveryMinute),
        .. Workflow(Nordwind, "weekly_reporting", "0 8 * * 1"),
        .. Workflow(Sakura, "client_onboarding", null),
        .. Workflow(Sakura, "daily_digest", EveryMinute),
        .. Workflow(Sakura, "monthly_reporting", "0 8 1 * *"),

        // Fails, because the partner's file never comes: shows retries, and after three occurrences an escalation.
        .. Workflow(Sakura, "partner_feed_import", EveryMinute, new() { ["max_attempts"] = 2, ["retry_initial_seconds"] = 5 }),
    ];

    private static DemoCall Company(string id, JsonObject arguments)
    {
        arguments["company_id"] = id;
        return new DemoCall("context", "init_company", arguments, MayExist: true);
    }

    private static DemoCall Document(string client, string file)
    {
        using var stream = typeof(DemoData).Assembly.GetManifestResourceStream($"Agency.Operations.Demo.Documents.{file}")
            ?? throw new InvalidOperationException($"The demo document {file} is not embedded.");
        using var reader = new StreamReader(stream);
        return new DemoCall("context", "load_company_context", new JsonObject
        {
            ["company_id"] = client,
            ["source_name"] = file,
            ["content"] = reader.ReadToEnd(),
        });
    }

    /// <summary>Registers a workflow and asks for its first run at once.</summary>
    private static IEnumerable<DemoCall> Workflow(string client, string type, string? schedule, JsonObject? more = null)
    {
        var id = $"{type.Replace('_', '-')}-{client}";
        var arguments = more ?? [];
        arguments["client"] = client;
        arguments["id"] = id;
        arguments["type"] = type;
        if (schedule is not null)
        {
            arguments["schedule"] = schedule;
        }

        yield return new DemoCall("operations", "register_workflow", arguments, MayExist: true);
        yield return new DemoCall("operations", "run_workflow_now", new JsonObject
        {
            ["client"] = client,
            ["id"] = id,
            ["idempotency_key"] = "first run of the demo",
        });
    }
}
