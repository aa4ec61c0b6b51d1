using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Agency.EndToEnd.Tests;

/// <summary>A client's own credential and server, from the tool that sets them to the run that uses them.</summary>
public sealed class ConnectorTests(RunningAgency agency)
{
    private const string Secret = "sk-live-4f9aBc77";

    private const string Procedure = """
        ---
        name: open_ticket
        ---
        # Open a ticket

        1. **Open it.**

           ```tool crm.create_ticket as ticket
           { "title": "For {{ company.name }}" }
           ```

        2. **Remember.**

           ```tool context.remember
           { "client": "{{ company.id }}", "text": "Opened {{ steps.ticket.id }}. It said: {{ steps.ticket.said }}" }
           ```
        """;

    [Fact]
    public async Task Connector_SetByAClient_IsUsedByItsRunAndItsSecretIsSeenNowhere()
    {
        var told = new ConcurrentQueue<string>();
        await using var crm = WebApplication.CreateBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();
        crm.MapPost("/mcp", async (HttpContext http) =>
        {
            told.Enqueue(http.Request.Headers.Authorization.ToString());
            var request = (await JsonDocument.ParseAsync(http.Request.Body)).RootElement;
            return Results.Json(new
            {
                jsonrpc = "2.0",
                id = request.GetProperty("id").GetInt32(),
                result = new
                {
                    content = new[] { new { type = "text", text = "done" } },
                    structuredContent = new { id = "T-17", said = $"You are {http.Request.Headers.Authorization}." },
                },
            });
        });
        await crm.StartAsync(TestContext.Current.CancellationToken);
        await agency.AddClientAsync("client-s", "Client S", "celadon");
        var token = await agency.TokenOfAsync("client-s");
        var own = await agency.ConnectAsync("operations", token);
        var context = await agency.ConnectAsync("context", token);

        await own.CallAsync("set_secret", new { name = "crm_key", value = Secret });
        await own.CallAsync("set_connector", new { name = "crm", url = $"{crm.Urls.Single()}/mcp", secret = "crm_key" });
        Assert.Contains("private", await own.RefusalAsync("set_connector", new { name = "lan", url = "https://192.168.1.1/mcp" }), StringComparison.Ordinal);
        await context.CallAsync("save_sop", new { markdown = Procedure });
        await own.CallAsync("register_workflow", new { client = "client-s", type = "open_ticket" });
        var workflow = (await own.CallAsync("list_workflows", new { })).GetProperty("items")[0].GetProperty("id").GetString();
        await own.CallAsync("run_workflow_now", new { id = workflow });
        var run = await agency.WaitForRunAsync(own, "client-s", r => r.GetProperty("status").GetString() is "succeeded" or "failed");

        Assert.True(run.GetProperty("run").GetProperty("status").GetString() == "succeeded", run.GetRawText());
        Assert.Equal($"Bearer {Secret}", Assert.Single(told));
        var memory = (await context.CallAsync("recall", new { })).GetRawText();
        Assert.Contains("Opened T-17.", memory, StringComparison.Ordinal);
        Assert.Contains("You are Bearer [secret crm_key].", memory, StringComparison.Ordinal);
        foreach (var seen in (string[])[memory, run.GetRawText(), (await own.CallAsync("list_secrets", new { })).GetRawText(), string.Join('\n', agency.Logs.Lines)])
        {
            Assert.DoesNotContain("4f9a", seen, StringComparison.Ordinal);
        }

        Assert.Contains(agency.Logs.Lines, line => line.Contains("Companies' secrets are encrypted with the keys in", StringComparison.Ordinal));
    }
}
