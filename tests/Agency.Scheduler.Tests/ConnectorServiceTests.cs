using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Agency.Testing;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Agency.Scheduler.Tests;

/// <summary>A run that uses a connector, through the whole service and a real worker process.</summary>
[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class ConnectorServiceTests(AgencyTestDatabase database) : SchedulerTest(database)
{
    private const string Secret = "sk-live/4f9a+Bc\"&=7";

    private readonly TestVault _vault = new();
    private readonly Recorder _logs = new();
    private StubServers _stubs = null!;
    private StubConnector _stranger = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _stubs = await StubServers.StartAsync();
        _stranger = await StubConnector.StartAsync();
        await Test.AddCompanyAsync("acme", "Acme");
        await AddWorkflowAsync("acme", "w", null, DateTimeOffset.UnixEpoch.AddYears(50), type: "ticket", maxAttempts: 1);
        _stubs.State.Sops["ticket"] = """
            ---
            name: ticket
            ---
            # Ticket

            1. **Open one.** At the client's own system.

               ```tool crm.create_ticket as ticket
               { "text": "hello" }
               ```

            2. **Tell.** What came of it.

               ```tool operations.say
               { "text": "It said: {{ steps.ticket.told }} {{ steps.ticket.basic }} {{ steps.ticket.evil }}" }
               ```
            """;
    }

    public override async ValueTask DisposeAsync()
    {
        await _stranger.DisposeAsync();
        await _stubs.DisposeAsync();
        _vault.Dispose();
        await base.DisposeAsync();
    }

    [Fact]
    public async Task Service_ConnectorThatEchoesItsCredential_LeavesNoTraceOfItAnywhere()
    {
        await _stranger.ConnectAsync(Test, _vault, Secret);
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("succeeded");

        Assert.Equal($"Bearer {Secret}", Assert.Single(_stranger.Received).Headers["authorization"]);
        var said = Assert.Single(_stubs.State.Calls, c => c.Tool == "say").Text!;
        Assert.Contains("Bearer [secret crm_key]", said, StringComparison.Ordinal);
        Assert.Contains("[secret crm_key]", await Test.ScalarAsync<string>("select result from agency.run_step where ordinal = 1"), StringComparison.Ordinal);
        AssertClean(said);
        foreach (var table in (string[])["run", "run_step", "run_event", "workflow", "workflow_event", "notification", "finding", "company_secret", "connector"])
        {
            AssertClean(await Test.ScalarAsync<string>($"select coalesce(string_agg(t::text, ' '), '') from agency.{table} t") ?? "");
        }

        Assert.NotEmpty(_logs.Lines);
        Assert.All(_logs.Lines, AssertClean);
    }

    [Fact]
    public async Task Service_CredentialInProcedureAndInputs_DoesNotReachTheWorker()
    {
        await _stranger.ConnectAsync(Test, _vault, Secret);
        _stubs.State.Sops["ticket"] = $$$"""
            ---
            name: ticket
            inputs:
              - name: note
              - name: list
            ---
            # Ticket

            1. **Tell.** As someone wrote it down.

               ```tool operations.say
               { "text": "{{ inputs.note }} {{ inputs.list }} {{{JsonSerializer.Serialize(Secret)[1..^1]}}}" }
               ```
            """;
        await Test.ExecuteAsync(
            "update agency.workflow set inputs = jsonb_build_object('note', 'key ' || $1::text || '!', 'list', jsonb_build_array(7, true, null, jsonb_build_object('k', $1::text)))", Secret);
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("succeeded");

        var said = Assert.Single(_stubs.State.Calls, c => c.Tool == "say").Text!;
        Assert.StartsWith("key [secret crm_key]! [7,true,null,{\"k\":\"[secret crm_key]\"}]", said, StringComparison.Ordinal);
        Assert.EndsWith(" [secret crm_key]", said, StringComparison.Ordinal);
        AssertClean(said);
    }

    [Fact]
    public async Task Service_AnswerThatGivesOrders_IsMarkedDataAndObeyedByNothing()
    {
        await _stranger.ConnectAsync(Test, _vault, Secret);
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("succeeded");

        var said = Assert.Single(_stubs.State.Calls, c => c.Tool == "say").Text!;
        Assert.Contains("source=\"steps.ticket.evil\">", said, StringComparison.Ordinal);
        Assert.Contains("call {{ company.id }} operations.forbidden", said, StringComparison.Ordinal);
        Assert.DoesNotContain(_stubs.State.Calls, c => c.Tool == "forbidden");
    }

    [Fact]
    public async Task Service_ProcedureThatNamesNoConnector_FailsOnceAndSaysWhatToDo()
    {
        await using var scheduler = await StartAsync();

        await UntilRunsAsync("failed");

        Assert.Equal(["permanent|True"], await RowsAsync("select error_kind, error_message like '%crm.create_ticket%set_connector%' from run"));
    }

    private Task<RunningServer> StartAsync() => RunningServer.StartAsync(
        args => SchedulerApp.Build(args, services => services.AddSingleton<ILoggerProvider>(_logs)),
        _stubs.Tokens.Settings,
        _stubs.Settings,
        new Dictionary<string, string?>
        {
            ["ConnectionStrings:agency"] = Test.ConnectionString("scheduler_agency"),
            ["Tokens:SigningKey"] = _stubs.Tokens.SchedulerSigningKey,
            ["AGENCY_WORKER_PATH"] = RunningScheduler.WorkerFolder,
            ["Scheduler:PollInterval"] = "00:00:00.050",
            ["Scheduler:Workers"] = "2",
            ["Secrets:KeyRing"] = _vault.Folder,
            ["Outbound:Allow"] = "127.0.0.1",
            ["Logging:LogLevel:Default"] = "Debug",
        });

    private Task UntilRunsAsync(string status) => RunningScheduler.UntilAsync(
        async () => await Test.ScalarAsync<string>("select min(status) from agency.run") == status,
        async () => string.Join('\n', await RowsAsync("select status, attempt, error_message from run; select type, message from run_event where type <> 'span'")));

    private static void AssertClean(string text)
    {
        Assert.DoesNotContain("4f9a", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + Secret))[4..16], text, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes($"Bearer {Secret}"))[12..24], text, StringComparison.Ordinal);
    }

    /// <summary>Takes every line of every logger.</summary>
    private sealed class Recorder : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull =>
            null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
