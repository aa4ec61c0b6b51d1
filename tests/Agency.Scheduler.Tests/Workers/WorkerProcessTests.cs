using System.Runtime.Versioning;
using Agency.Scheduler.Gateway;
using Agency.Scheduler.Sandboxing;
using Agency.Scheduler.Tests.Sandboxing;
using Agency.Scheduler.Workers;
using Agency.WorkerProtocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.Scheduler.Tests.Workers;

[Collection(RunningScheduler.WorkersOfThisProcess)]
public sealed class WorkerProcessTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("wp-").FullName;
    private readonly WebApplication _app = WebApplication.CreateSlimBuilder().Build();
    private readonly SchedulerTelemetry _telemetry = new();
    private GatewayServer? _gateways;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_gateways is not null)
        {
            await _gateways.DisposeAsync();
        }

        await _app.DisposeAsync();
        _telemetry.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Start_RealWorker_HasAnEmptyEnvironmentAndAFolderOfItsOwn()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        Environment.SetEnvironmentVariable("AGENCY_TEST_SECRET", "must not be seen");
        using var folders = Folders();
        await using var worker = await StartAsync(folders, Command(RunningScheduler.WorkerFolder));

        Assert.IsType<ReadyEvent>((await worker.NextAsync(default))!.Value.Event);

        var names = (await File.ReadAllTextAsync($"/proc/{worker.Id}/environ")).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(v => v.Split('=')[0]);
        Assert.Equal(
            ["DOTNET_EnableDiagnostics", "DOTNET_EnableWriteXorExecute", "DOTNET_GCHeapHardLimit", "DOTNET_ROOT", "DOTNET_TieredPGO", "HOME", "TMPDIR"],
            names.Order(StringComparer.Ordinal));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(worker.Folder));
        Assert.Equal(worker.Folder, new FileInfo($"/proc/{worker.Id}/cwd").ResolveLinkTarget(true)!.FullName);
    }

    /// <summary>From birth on, in which a wrapper consists of one process, of two that do not hang together yet, and of two that do.</summary>
    [Theory]
    [SupportedOSPlatform("linux")]
    [InlineData(nameof(SandboxLevel.Bubblewrap), false)]
    [InlineData(nameof(SandboxLevel.Bubblewrap), true)]
    [InlineData(nameof(SandboxLevel.Namespaces), false)]
    public async Task Dispose_WhileItStarts_LeavesNothingBehind(string levelName, bool endedByOthers)
    {
        var level = Enum.Parse<SandboxLevel>(levelName);
        Assert.SkipUnless(OperatingSystem.IsLinux() && OfferedLevels.Has(level), $"This machine does not offer level {level}.");
        using var folders = Folders();
        for (var age = 0; age < 24; age++)
        {
            var worker = await StartAsync(folders, Command(RunningScheduler.WorkerFolder), level);
            await Task.Delay(TimeSpan.FromMilliseconds(age / 2), TimeProvider.System, TestContext.Current.CancellationToken);
            if (endedByOthers)
            {
                System.Diagnostics.Process.GetProcessById(worker.Id).Kill();
            }

            await worker.DisposeAsync();
        }

        await RunningScheduler.UntilAsync(() => Task.FromResult(!WorkingIn(_root).Any()), () => Task.FromResult(string.Join(' ', WorkingIn(_root))));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Dispose_WorkerWithDescendants_KillsAllAndDeletesTheFolder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Uses a shell script and /proc.");
        var script = Path.Combine(_root, "script");
        await File.WriteAllTextAsync(script, """
            #!/bin/sh
            /bin/sh -c '/bin/sleep 1000 & echo $$ $! > descendants; wait' &
            wait
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var folders = Folders();
        var worker = await StartAsync(folders, Command(script));
        var file = Path.Combine(worker.Folder, "descendants");
        await RunningScheduler.UntilAsync(() => Task.FromResult(File.Exists(file) && File.ReadAllText(file).EndsWith('\n')));
        int[] descendants = [.. (await File.ReadAllTextAsync(file)).Split().Where(id => id.Length > 0).Select(id => int.Parse(id, System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal(2, descendants.Length);
        Assert.All(descendants, id => Assert.True(IsAlive(id)));

        await worker.DisposeAsync();

        await RunningScheduler.UntilAsync(() => Task.FromResult(!descendants.Any(IsAlive)));
        Assert.False(Directory.Exists(worker.Folder));
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task End_WithoutOutcome_IsDescribedByExitCodeAndLastWords()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Uses a shell script.");
        var script = Path.Combine(_root, "script");
        await File.WriteAllTextAsync(script, "#!/bin/sh\necho 'out of paper' >&2\nexit 70\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var folders = Folders();
        await using var worker = await StartAsync(folders, Command(script));

        Assert.Null(await worker.NextAsync(default));
        Assert.Equal("it exited with code 70: out of paper", await worker.DescribeEndAsync());
    }

    [Fact]
    [SupportedOSPlatform("linux")]
    public async Task Admit_WorkerThatKnowsNothingOfConfinement_IsRefused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The levels are Linux's.");
        var script = Path.Combine(_root, "script");
        await File.WriteAllTextAsync(script, """
            #!/bin/sh
            echo '{"type":"ready","protocol":1,"process_id":1,"at":"2026-01-01T00:00:00Z"}'
            read line
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var folders = Folders();
        await using var worker = await StartAsync(folders, Command(script), SandboxLevel.Landlock);
        Assert.IsType<ReadyEvent>((await worker.NextAsync(default))!.Value.Event);

        var refused = Assert.Throws<WorkerStartException>(worker.Admit);

        Assert.Contains("has not confined itself", refused.Message, StringComparison.Ordinal);
        Assert.Null(worker.Gateway.ProcessId);
    }

    private static WorkerCommand Command(string path) => WorkerCommand.For(WorkerBuild.Find(path, "/nowhere"), 256);

    private WorkFolder Folders() => new(_root, NullLogger<WorkFolder>.Instance);

    private Task<WorkerProcess> StartAsync(WorkFolder folders, WorkerCommand command, SandboxLevel level = SandboxLevel.Bare)
    {
        var forwarder = new GatewayForwarder(new NoClients(), connectors: null!, _telemetry, NullLogger<GatewayForwarder>.Instance);
        return WorkerProcess.StartAsync(
            command, new Sandbox(level, new SandboxOptions()), folders, _gateways ??= new GatewayServer(forwarder, _app.Services, NullLoggerFactory.Instance), TimeProvider.System);
    }

    private static IEnumerable<string> WorkingIn(string folder) => Directory.EnumerateDirectories("/proc").Where(process =>
    {
        try
        {
            return new FileInfo(Path.Combine(process, "cwd")).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) is true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has just ended, or is another user's.
        }
    });

    private static bool IsAlive(int pid)
    {
        try
        {
            // The state follows the name in parentheses; a zombie is dead.
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not 'Z';
        }
        catch (IOException)
        {
            return false;
        }
    }

    private sealed class NoClients : IHttpClientFactory
    {
        public HttpClient CreateClient(string name) => throw new InvalidOperationException("Nothing is sent here.");
    }
}
