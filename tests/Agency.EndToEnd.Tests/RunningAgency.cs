using System.Text.Json;
using Agency.AppHost;
using Agency.AppHost.Startup;
using Agency.AppHost.State;
using Agency.EmbeddedServers.Processes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Client;

[assembly: AssemblyFixture(typeof(Agency.EndToEnd.Tests.RunningAgency))]

namespace Agency.EndToEnd.Tests;

/// <summary>
/// The topology that users run, in production mode (no demo data), with the alerts going to listeners of this process. Started once for
/// all tests; each test takes clients of its own.
/// </summary>
public sealed class RunningAgency : IAsyncLifetime
{
    private readonly List<Session> _sessions = [];
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("agency-end-to-end");
    private IDistributedApplicationTestingBuilder? _builder;
    private DistributedApplication? _app;
    private ResourceLogs? _logs;

    public WebhookListener Slack { get; } = new();

    public SmtpListener Smtp { get; } = new();

    public DistributedApplication App => _app ?? throw new InvalidOperationException("The agency is not started.");

    public ResourceLogs Logs => _logs ?? throw new InvalidOperationException("The agency is not started.");

    /// <summary>The token that a person is given at start.</summary>
    public string OperatorToken { get; private set; } = "";

    public Uri Dashboard => new(Local.Ports.Url("dashboard"));

    /// <summary>What a person opens to be signed in to the dashboard.</summary>
    public Uri DashboardLink => new(Dashboard, $"/login?t={Setting("AppHost:BrowserToken")}");

    public Telemetry Telemetry => new(Dashboard, Setting("AppHost:DashboardApiKey"));

    private LocalRun Local => App.Services.GetRequiredService<LocalRun>();

    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        await Slack.StartAsync();
        Smtp.Start();
        _builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Agency_AppHost>(
            [
                $"--AGENCY_HOME={_home.FullName}",
                "--AGENCY_PORT_BASE=0",
                "--PRODUCTION_MODE=true",
                "--Postgres:Settings:fsync=off",
                "--Postgres:DeleteDataAtEnd=true",
            ],
            (options, _) => options.DisableDashboard = false,
            ct);
        _builder.CreateResourceBuilder<ProjectResource>("operations")
            .WithEnvironment("Slack__WebhookUrl", Slack.Address.ToString())
            .WithEnvironment("Outbound__Allow", "127.0.0.1")
            .WithEnvironment("Smtp__Host", "127.0.0.1")
            .WithEnvironment("Smtp__Port", Smtp.Port.ToString(System.Globalization.CultureInfo.InvariantCulture))
            .WithEnvironment("Smtp__UseTls", "false")
            .WithEnvironment("Smtp__From", "agency@example.com")
            .WithEnvironment("Smtp__To", "people@example.com");
        _builder.CreateResourceBuilder<ProjectResource>("scheduler")
            .WithEnvironment("Scheduler__Lease", "00:00:03")
            .WithEnvironment("Outbound__Allow", "127.0.0.1")

            // Where this runs may offer neither bubblewrap nor namespaces, which production asks for.
            .WithEnvironment("Scheduler__Sandbox__PodIsolates", "true");

        _builder.Eventing.Subscribe<BeforeStartEvent>((start, _) =>
        {
            _logs = new ResourceLogs(start.Services);
            return Task.CompletedTask;
        });
        _app = await _builder.BuildAsync(ct);
        var startup = _app.Services.GetRequiredService<StartupService>();
        try
        {
            await _app.StartAsync(ct);
            await startup.Ready;
        }
        catch (Exception failure) when (failure is DistributedApplicationException or OperationCanceledException)
        {
            Assert.Fail($"{(startup.Ready.Exception ?? failure).GetBaseException().Message}\n{string.Join('\n', Logs.Lines)}");
        }

        OperatorToken = (await File.ReadAllTextAsync(Local.State[OperatorAccess.OperatorTokenFile], ct)).Trim();
    }

    /// <summary>The id of a resource's process as it is now, or null while there is none.</summary>
    public int? ProcessIdOf(string resource) =>
        App.ResourceNotifications.TryGetCurrentState(resource, out var current) ? current.Snapshot.ProcessId() : null;

    /// <summary>Sends a signal to the process of a resource and gives its id.</summary>
    public int Signal(string resource, int signal)
    {
        int id = ProcessIdOf(resource) ?? throw new InvalidOperationException($"{resource} has no process.");
        Assert.True(Signals.Send(id, signal), $"{resource} has no process {id} any more.");
        return id;
    }

    /// <summary>Waits until a resource runs in another process than the given one, and is healthy.</summary>
    public async Task WaitForAnotherProcessAsync(string resource, int before, TimeSpan limit)
    {
        await WaitForAsync<int>($"another process of {resource} than {before}", limit, () =>
            Task.FromResult(ProcessIdOf(resource) is { } now && now != before && ProcessIdentity.Of(now) is not null ? now : (int?)null));
        await App.ResourceNotifications.WaitForResourceHealthyAsync(resource, WaitBehavior.WaitOnResourceUnavailable, TestContext.Current.CancellationToken);
    }

    /// <summary>A real MCP client of one server (operations, context, health).</summary>
    public async Task<Session> ConnectAsync(string server, string? token = null)
    {
        var http = App.CreateHttpClient(server);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token ?? OperatorToken);
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions { Endpoint = new Uri(http.BaseAddress!, "/mcp"), TransportMode = HttpTransportMode.StreamableHttp }, http, ownsHttpClient: true);
        var session = new Session(await McpClient.CreateAsync(transport));
        lock (_sessions)
        {
            _sessions.Add(session);
        }

        return session;
    }

    /// <summary>Creates a client of the agency, with a name and one document about a secret of its own.</summary>
    public async Task AddClientAsync(string id, string name, string secret)
    {
        var context = await ConnectAsync("context");
        await context.CallAsync("init_company", new { company_id = id, name, summary = $"{name} keeps the word {secret}." });
        await context.CallAsync("load_company_context", new { company_id = id, source_name = "secret.md", content = $"# Secret\n\nThe secret word is {secret}." });
    }

    /// <summary>A token of one client's, as the operator issues it.</summary>
    public async Task<string> TokenOfAsync(string client)
    {
        var operations = await ConnectAsync("operations");
        var issued = await operations.CallAsync("issue_token", new { role = "company", client, name = "end to end", access = "write" });
        return issued.GetProperty("token").GetString()!;
    }

    /// <summary>Waits until <paramref name="probe"/> gives something.</summary>
    public async Task<T> WaitForAsync<T>(string what, TimeSpan limit, Func<Task<T?>> probe)
        where T : struct
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < limit)
        {
            if (await probe() is { } found)
            {
                return found;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Fail($"Not within {limit.TotalSeconds} s: {what}\n" + string.Join('\n', Logs.Lines.TakeLast(60)));
        return default;
    }

    /// <summary>Waits until the client's run is in one of the statuses, and gives it with its steps and events.</summary>
    public async Task<JsonElement> WaitForRunAsync(Session operations, string client, Func<JsonElement, bool> wanted, TimeSpan? limit = null)
    {
        var run = await WaitForAsync<JsonElement>($"a run of {client} as wanted", limit ?? TimeSpan.FromSeconds(60), async () =>
        {
            var page = await operations.CallAsync("list_runs", new { client, limit = 100 });
            return page.GetProperty("items").EnumerateArray().Cast<JsonElement?>().FirstOrDefault(r => wanted(r!.Value));
        });
        return await operations.CallAsync("get_run", new { client, run_id = run.GetProperty("run_id").GetString() });
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }

        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        if (_logs is not null)
        {
            await _logs.DisposeAsync();
        }

        if (_builder is not null)
        {
            await _builder.DisposeAsync();
        }

        await Slack.DisposeAsync();
        await Smtp.DisposeAsync();
        _home.Delete(recursive: true);
    }

    private string Setting(string name) => App.Services.GetRequiredService<IConfiguration>()[name]!;
}
