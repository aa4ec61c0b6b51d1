using System.Reflection;
using System.Text.Json.Nodes;
using Agency.Scheduler.Gateway;
using Agency.Scheduler.Sandboxing;
using Agency.Scheduler.Workers;
using Agency.WorkerProtocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Sandboxing;

/// <summary>Starts hostile workers at one level of isolation, each with a gateway, as the scheduler does.</summary>
internal sealed class HostileWorkers(SandboxLevel level, SandboxOptions options) : IAsyncDisposable
{
    public static readonly string Program =
        typeof(HostileWorkers).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "HostileWorker").Value!;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _root = Directory.CreateTempSubdirectory("hw-").FullName;
    private readonly WebApplication _app = WebApplication.CreateSlimBuilder().Build();
    private readonly SchedulerTelemetry _telemetry = new();
    private readonly List<WorkerProcess> _started = [];
    private GatewayServer? _gateways;
    private WorkFolder? _folders;

    public string Root => _root;

    /// <summary>A worker that has been admitted. A level that this machine does not offer skips the test; on CI bubblewrap has to be there.</summary>
    public async Task<WorkerProcess> StartAsync()
    {
        _gateways ??= new GatewayServer(new GatewayForwarder(new NoClients(), connectors: null!, _telemetry, NullLogger<GatewayForwarder>.Instance), _app.Services, NullLoggerFactory.Instance);
        _folders ??= new WorkFolder(_root, NullLogger<WorkFolder>.Instance);
        var command = WorkerCommand.For(WorkerBuild.Find(Program, "/nowhere"), 128);
        try
        {
            var worker = await WorkerProcess.StartAsync(command, new Sandbox(level, options), _folders, _gateways, TimeProvider.System);
            _started.Add(worker);
            using var limit = new CancellationTokenSource(Deadline, TimeProvider.System);
            var first = await worker.NextAsync(limit.Token);
            if (first is not { Event: ReadyEvent })
            {
                throw new WorkerStartException(await worker.DescribeEndAsync());
            }

            worker.Admit();
            return worker;
        }
        catch (WorkerStartException e)
        {
            Assert.False(OfferedLevels.Has(level), $"This machine offers level {level}, but: {e.Message}");
            Assert.False(level is SandboxLevel.Bubblewrap && Environment.GetEnvironmentVariable("CI") is "true", $"{e.Message}; CI needs Debian's bubblewrap.");
            Assert.Skip($"Level {level} is not to be had here: {e.Message}.{(level is SandboxLevel.Bubblewrap ? " Install Debian's bubblewrap." : "")}");
            throw;
        }
    }

    /// <summary>Lets a worker try all of these and returns what it says of each.</summary>
    public static async Task<Dictionary<string, string>> AttackAsync(WorkerProcess worker, JsonObject inputs)
    {
        using var limit = new CancellationTokenSource(Deadline, TimeProvider.System);
        await worker.SendAsync(Envelope(worker, inputs), limit.Token);
        var said = new Dictionary<string, string>();
        while (await worker.NextAsync(limit.Token) is { } line)
        {
            switch (line.Event)
            {
                case NoteEvent note:
                    var colon = note.Message.IndexOf(':', StringComparison.Ordinal);
                    said.Add(note.Message[..colon], note.Message[(colon + 2)..]);
                    break;
                case OutcomeEvent:
                    return said;
                default:
                    Assert.Fail($"The worker said {line.Event?.GetType().Name ?? line.Violation}.");
                    break;
            }
        }

        Assert.Fail($"The worker ended after {string.Join(", ", said.Keys)}: {await worker.DescribeEndAsync()}.");
        return said;
    }

    public static byte[] Envelope(WorkerProcess worker, JsonObject inputs) => RunEnvelopes.ToLine(new RunEnvelope
    {
        Protocol = RunEnvelope.CurrentProtocol,
        RunId = "r",
        Company = new("acme", "Acme"),
        Workflow = new("w", "w"),
        Sop = "",
        Inputs = inputs,
        Attempt = 1,
        ScheduledFor = DateTimeOffset.UnixEpoch,
        Limits = new(60, 60, 4096),
        GatewaySocket = worker.Gateway.SocketPath,
        Servers = [],
    });

    public async ValueTask DisposeAsync()
    {
        foreach (var worker in _started)
        {
            await worker.DisposeAsync();
        }

        if (_gateways is not null)
        {
            await _gateways.DisposeAsync();
        }

        _folders?.Dispose();
        await _app.DisposeAsync();
        _telemetry.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    private sealed class NoClients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("Nothing is sent here.");
    }
}
