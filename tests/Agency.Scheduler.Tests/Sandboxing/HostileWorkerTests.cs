using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Agency.Scheduler.Sandboxing;
using Agency.WorkerProtocol;

namespace Agency.Scheduler.Tests.Sandboxing;

/// <summary>A worker that obeys somebody else, at every level that this machine offers, against what the document says of each.</summary>
[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class HostileWorkerTests
{
    /// <summary>A descriptor that nothing else has.</summary>
    private const int Descriptor = 900;

    private static readonly SandboxOptions Options = new() { MemoryMegabytes = 768, CpuSeconds = 20, ScratchMegabytes = 16, OpenFiles = 1024 };

    public static TheoryData<string> Levels => [.. Enum.GetNames<SandboxLevel>()];

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Attacks_AtALevel_ComeToWhatTheDocumentSays(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        var level = Enum.Parse<SandboxLevel>(name);
        await using var workers = new HostileWorkers(level, Options);
        var sibling = await workers.StartAsync();
        var worker = await workers.StartAsync();
        using var port = Listen(new IPEndPoint(IPAddress.Loopback, 0), ProtocolType.Tcp);
        using var service = Listen(new UnixDomainSocketEndPoint(Path.Combine(workers.Root, "service")), ProtocolType.Unspecified);
        var serving = AnswerAsync(service);
        var secret = Path.Combine(workers.Root, "secret");
        await File.WriteAllTextAsync(secret, "of this user alone");
        Assert.Equal(Descriptor, DuplicateTo(2, Descriptor));

        var said = await HostileWorkers.AttackAsync(worker, new JsonObject
        {
            ["attacks"] = string.Join(' ', ["own-gateway", .. IsolationTable.AttacksOfAWorker]),
            ["parent"] = Environment.ProcessId,
            ["sibling"] = sibling.Id,
            ["sibling_folder"] = sibling.Folder,
            ["port"] = ((IPEndPoint)port.LocalEndPoint!).Port,
            ["service_socket"] = Path.Combine(workers.Root, "service"),
            ["secret_file"] = secret,
            ["descriptor"] = Descriptor,
        });
        service.Dispose();
        await serving;

        TestContext.Current.TestOutputHelper!.WriteLine(string.Join('\n', said.Select(s => $"{s.Key}: {s.Value}")));
        Assert.Equal("done", said["own-gateway"]);
        Assert.Multiple([.. IsolationTable.AttacksOfAWorker.Select(attack => (Action)(() => Assert.True(
            IsolationTable.IsStopped(attack, level) != said[attack].StartsWith("done", StringComparison.Ordinal),
            $"The document says that at {level} '{attack}' is {(IsolationTable.IsStopped(attack, level) ? "stopped" : "open")}, but: {said[attack]}")))]);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Gateway_AtALevel_AnswersTheProcessInTheSandboxAndNobodyElse(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux tells who is at the other end of a Unix socket.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), Options);
        var worker = await workers.StartAsync();

        using var own = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await own.ConnectAsync(new UnixDomainSocketEndPoint(worker.Gateway.SocketPath));
        var received = 0;
        var refused = await Record.ExceptionAsync(async () =>
        {
            await own.SendAsync("GET / HTTP/1.1\r\nHost: g\r\n\r\n"u8.ToArray());
            received = await own.ReceiveAsync(new byte[1]);
        });

        Assert.True(received == 0 && refused is null or SocketException, $"{refused}");
        Assert.Equal("done", (await HostileWorkers.AttackAsync(worker, new JsonObject { ["attacks"] = "own-gateway" }))["own-gateway"]);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Output_AtALevel_IsReadNoFurtherThanItsBound(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), Options);
        var worker = await workers.StartAsync();
        await worker.SendAsync(HostileWorkers.Envelope(worker, new JsonObject { ["attacks"] = "output" }), default);

        var lines = new List<RunEventLine>();
        while (await worker.NextAsync(default) is { } line)
        {
            lines.Add(line);
        }

        Assert.Equal(["a line of more than 65536 bytes", "more than 67108864 bytes in all"], lines.Select(line => line.Violation));
        await worker.DisposeAsync();
        await RunningScheduler.UntilAsync(() => Task.FromResult(!IsAlive(worker.Id)));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Errors_AtALevel_EndTheWorkerWhenTheyFlood(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), Options);
        var worker = await workers.StartAsync();
        await worker.SendAsync(HostileWorkers.Envelope(worker, new JsonObject { ["attacks"] = "errors" }), default);

        Assert.Null(await worker.NextAsync(default));

        Assert.Equal("it wrote more than 16777216 bytes to its standard error and was ended", await worker.DescribeEndAsync());
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Processor_AtALevel_IsTakenAwayAfterItsTime(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), new SandboxOptions { CpuSeconds = 2 });
        var worker = await workers.StartAsync();
        await worker.SendAsync(HostileWorkers.Envelope(worker, new JsonObject { ["attacks"] = "processor" }), default);

        Assert.Null(await worker.NextAsync(default));

        Assert.Contains("processor time", await worker.DescribeEndAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Memory_AtALevel_IsTakenAwayWhereNoLimitCountsIt(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), new SandboxOptions { MemoryMegabytes = 400 });
        var worker = await workers.StartAsync();
        Assert.Equal("1000", (await File.ReadAllTextAsync($"/proc/{worker.Id}/oom_score_adj")).Trim());
        await worker.SendAsync(HostileWorkers.Envelope(worker, new JsonObject { ["attacks"] = "read-only-memory" }), default);

        Assert.Null(await worker.NextAsync(default));

        Assert.Equal("it took more memory than the 400 MB that it may and was ended", await worker.DescribeEndAsync());
    }

    /// <summary>Only where a worker can start a process at all.</summary>
    [Fact]
    public async Task Errors_HeldOpenByAProcessThatTheWorkerLeft_AreNotWaitedFor()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The worker forks by Linux's calls.");
        await using var workers = new HostileWorkers(SandboxLevel.Bare, Options);
        var worker = await workers.StartAsync();
        await worker.SendAsync(HostileWorkers.Envelope(worker, new JsonObject { ["attacks"] = "hold-errors" }), default);
        Assert.Null(await worker.NextAsync(default));

        // The process lives for half a minute.
        Assert.Equal("it exited with code 3", await worker.DescribeEndAsync().WaitAsync(TimeSpan.FromSeconds(15)));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Environment_AtALevel_HoldsWhatTheWorkerNeeds(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), Options);

        var said = await HostileWorkers.AttackAsync(await workers.StartAsync(), new JsonObject { ["attacks"] = "environment" });

        Assert.Equal(
            ["DOTNET_EnableDiagnostics", "DOTNET_EnableWriteXorExecute", "DOTNET_GCHeapHardLimit", "DOTNET_ROOT", "DOTNET_TieredPGO", "HOME", "TMPDIR"],
            said["environment"].Split(' ').Except(["PWD"]));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public async Task Dispose_WorkerThatStays_EndsItAndDeletesItsFolder(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        await using var workers = new HostileWorkers(Enum.Parse<SandboxLevel>(name), Options);
        var worker = await workers.StartAsync();
        await worker.SendAsync(HostileWorkers.Envelope(worker, new JsonObject { ["attacks"] = "parent-death stay" }), default);
        Assert.NotNull(await worker.NextAsync(default));
        Assert.True(IsAlive(worker.Id));

        await worker.DisposeAsync();

        await RunningScheduler.UntilAsync(() => Task.FromResult(!IsAlive(worker.Id)));
        Assert.False(Directory.Exists(worker.Folder));
    }

    private static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static Socket Listen(EndPoint at, ProtocolType protocol)
    {
        var socket = new Socket(at.AddressFamily, SocketType.Stream, protocol);
        socket.Bind(at);
        socket.Listen();
        return socket;
    }

    /// <summary>A service that answers whoever asks.</summary>
    private static async Task AnswerAsync(Socket service)
    {
        try
        {
            while (true)
            {
                using var asking = await service.AcceptAsync();
                await asking.ReceiveAsync(new byte[64]);
                await asking.SendAsync("x"u8.ToArray());
            }
        }
        catch (SocketException)
        {
            // Nobody asks any more.
        }
    }

    /// <summary>The copy is one that children inherit.</summary>
    [DllImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DuplicateTo(int descriptor, int copy);
}
