using System.Text.Json;
using Aspire.Hosting.Testing;

namespace Agency.EndToEnd.Tests;

/// <summary>What the document that the project was created from promises, on the topology that users run.</summary>
public sealed class SourceDocumentTests(RunningAgency agency)
{
    /// <summary>The source document's own example.</summary>
    private const string Definition = """
        {
          "id": "onboarding-client-a",
          "client": "client-a",
          "type": "client_onboarding",
          "status": "active",
          "schedule": "0 9 * * 1",
          "next_run": "2023-10-27T09:00:00Z"
        }
        """;

    private static readonly DateTimeOffset AsWritten = new(2023, 10, 27, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task ImportedDefinition_WithAPastNextRun_IsExecutedOnceForThatTimeByAProcessWithTheClientsContext()
    {
        await agency.AddClientAsync("client-a", "Client A & Sons", "amaranth");
        var operations = await agency.ConnectAsync("operations");

        await operations.CallAsync("import_workflows", new { content = Definition, mode = "add" });
        var details = await agency.WaitForRunAsync(operations, "client-a", run => run.GetProperty("status").GetString() is "succeeded" or "failed");

        var run = details.GetProperty("run");
        Assert.True(run.GetProperty("status").GetString() == "succeeded", run.GetProperty("error_message").GetRawText());
        Assert.Equal("onboarding-client-a", run.GetProperty("workflow_id").GetString());
        Assert.Equal(AsWritten, run.GetProperty("scheduled_for").GetDateTimeOffset());

        // The context was injected before the first step, by a process that is none of the services'.
        var events = details.GetProperty("events").EnumerateArray().ToList();
        var injected = events.FindIndex(e => e.GetProperty("type").GetString() == "context_injected");
        var firstStep = events.FindIndex(e => e.GetProperty("type").GetString() == "step_finished");
        Assert.InRange(injected, 0, firstStep - 1);
        var profile = details.GetProperty("steps").EnumerateArray().First(s => s.GetProperty("tool").GetString() == "context.get_company_profile");
        Assert.Contains("Client A & Sons", profile.GetProperty("result").GetString(), StringComparison.Ordinal);

        // One occurrence, and the next one follows the cron: a Monday at nine.
        var runs = await operations.CallAsync("list_runs", new { client = "client-a" });
        Assert.Single(runs.GetProperty("items").EnumerateArray());
        var workflow = await operations.CallAsync("get_workflow", new { client = "client-a", id = "onboarding-client-a" });
        var next = workflow.GetProperty("workflow").GetProperty("next_run").GetDateTimeOffset();
        Assert.Equal((DayOfWeek.Monday, 9, 0), (next.DayOfWeek, next.UtcDateTime.Hour, next.Minute));
        Assert.True(next > run.GetProperty("created_at").GetDateTimeOffset());

        // What the run remembered is the client's memory.
        var context = await agency.ConnectAsync("context", await agency.TokenOfAsync("client-a"));
        var recalled = await context.CallAsync("recall", new { query = "onboarding" });
        Assert.Contains(run.GetProperty("run_id").GetString()!, recalled.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task FailingWorkflow_AfterThreeOccurrences_IsEscalatedAndPeopleAreTold()
    {
        await agency.AddClientAsync("client-f", "Client F", "fuchsia");
        var operations = await agency.ConnectAsync("operations");
        await operations.CallAsync("register_workflow", new
        {
            client = "client-f",
            id = "feed-f",
            type = "partner_feed_import",
            schedule = "* * * * * *",
            max_attempts = 3,
            retry_initial_seconds = 1,
        });

        var workflow = await agency.WaitForAsync<JsonElement>("the escalation", TimeSpan.FromSeconds(90), async () =>
        {
            var found = (await operations.CallAsync("get_workflow", new { client = "client-f", id = "feed-f" })).GetProperty("workflow");
            return found.GetProperty("status").GetString() == "escalated" ? found : null;
        });

        Assert.Equal(3, workflow.GetProperty("failure_count").GetInt32());
        var failed = (await operations.CallAsync("list_runs", new { client = "client-f", status = "failed" })).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(3, failed.Count);
        foreach (var run in failed)
        {
            Assert.Equal(3, run.GetProperty("attempt").GetInt32());
            var details = await operations.CallAsync("get_run", new { client = "client-f", run_id = run.GetProperty("run_id").GetString() });
            var delays = details.GetProperty("events").EnumerateArray().Where(e => e.GetProperty("type").GetString() == "retry_scheduled")
                .Select(e => SecondsOf(e.GetProperty("message").GetString()!)).ToList();
            Assert.Equal(2, delays.Count);
            Assert.True(delays[1] > delays[0], $"The delays do not grow: {string.Join(" s, ", delays)} s.");
        }

        var escalations = await operations.CallAsync("list_escalations", new { client = "client-f" });
        Assert.Single(escalations.GetProperty("items").EnumerateArray());
        await agency.WaitForAsync<bool>("the Slack message", TimeSpan.FromSeconds(20), () =>
            Task.FromResult<bool?>(agency.Slack.Posts.Any(post => post.Contains("feed-f", StringComparison.Ordinal)) ? true : null));
        await agency.WaitForAsync<bool>("the e-mail", TimeSpan.FromSeconds(20), () =>
            Task.FromResult<bool?>(agency.Smtp.Messages.Any(mail => mail.Contains("feed-f", StringComparison.Ordinal)) ? true : null));
    }

    /// <summary>The delay in "Attempt 2 of 3 follows in 1.1 s."</summary>
    private static double SecondsOf(string message) =>
        double.Parse(message.Split("follows in ")[1].Split(" s")[0], System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task SecondClientsDocument_AskedForWithTheFirstClientsToken_IsNotToBeHad()
    {
        await agency.AddClientAsync("client-one", "Client One", "ochre");
        await agency.AddClientAsync("client-two", "Client Two", "turquoise");
        var one = await agency.ConnectAsync("context", await agency.TokenOfAsync("client-one"));

        var own = await one.CallAsync("query_company_context", new { query = "What is the secret word?" });
        var named = await one.RefusalAsync("query_company_context", new { client = "client-two", query = "What is the secret word?" });
        var unknown = await one.RefusalAsync("query_company_context", new { client = "client-nil", query = "What is the secret word?" });
        var other = await one.CallAsync("query_company_context", new { query = "turquoise" });

        Assert.Contains("ochre", own.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(unknown.Replace("client-nil", "client-two", StringComparison.Ordinal), named);
        Assert.DoesNotContain("turquoise.", other.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("client-two", (await one.CallAsync("list_companies", new { })).GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_OfAClientThatWorked_IsAPdfBehindAnAuthorisedLink()
    {
        await agency.AddClientAsync("client-r", "Client R 株式会社", "russet");
        var operations = await agency.ConnectAsync("operations");
        var report = await operations.CallAsync("generate_client_report", new { client = "client-r", period = "weekly" });
        var link = new Uri(report.GetProperty("pdf_url").GetString()!);

        using var anyone = new HttpClient();
        var pdf = await anyone.GetByteArrayAsync(link, TestContext.Current.CancellationToken);
        var unsigned = await anyone.GetAsync(new Uri(link.GetLeftPart(UriPartial.Path)), TestContext.Current.CancellationToken);

        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
        Assert.False(unsigned.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("operations")]
    [InlineData("context")]
    [InlineData("health")]
    public async Task Mcp_WithoutAToken_IsRefusedWithTheMetadatasAddress(string server)
    {
        using var http = agency.App.CreateHttpClient(server);
        using var request = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", System.Text.Encoding.UTF8, "application/json");

        var response = await http.PostAsync(new Uri("/mcp", UriKind.Relative), request, TestContext.Current.CancellationToken);

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        Assert.Contains("resource_metadata=", challenge, StringComparison.Ordinal);
        var metadata = new Uri(challenge.Split("resource_metadata=\"")[1].Split('"')[0]);
        Assert.Contains("/mcp", await http.GetStringAsync(metadata, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
