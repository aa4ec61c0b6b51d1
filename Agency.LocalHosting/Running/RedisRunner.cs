using System.Globalization;
using System.Net.Sockets;
using Agency.LocalHosting.Processes;

namespace Agency.LocalHosting.Running;

/// <summary>Runs Agency.LocalRedis as a child process. The port is the one used last time when that is free.</summary>
internal sealed class RedisRunner(RunContext context, RedisResource redis) : IResourceRunner, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private ChildProcess? _process;
    private Task _life = Task.CompletedTask;

    public Resource Resource => redis;

    public async Task StartAsync(CancellationToken ct)
    {
        string folder = Path.Combine(context.Builder.State.Path, redis.Name);
        Directory.CreateDirectory(folder);
        int port = redis.Endpoints[0].DeclaredPort is { } declared && !context.Builder.RandomizePorts ? declared : RememberedPort(Path.Combine(folder, "port"));
        redis.Endpoints[0].AllocatedPort = port;

        string project = Path.Combine(context.Builder.AppHostDirectory, "..", "Agency.LocalRedis", "Agency.LocalRedis.csproj");
        var environment = new Dictionary<string, string>(
            await ChildEnvironment.ComposeAsync(redis, context.Builder.ExecutionContext, 0, new Dictionary<string, int>(), ct))
        {
            ["AGENCY_REDIS_PASSWORD"] = (await redis.PasswordParameter.GetValueAsync(ct))!,
        };
        string dll = ProjectOutput.Find(Path.GetFullPath(project), context.Builder.AppHost);
        var recipe = new ProcessRecipe(RunContext.DotNet, [dll, port.ToString(CultureInfo.InvariantCulture), folder], folder, environment);

        _life = LiveAsync(recipe);
        await WaitUntilListeningAsync(port, ct);
        context.Notifications.Set(redis.Name, KnownResourceStates.Running, healthy: true);
    }

    public async Task StopAsync(TimeSpan within)
    {
        await _stopping.CancelAsync();
        if (_process is { } process)
            await process.StopAsync(within);
        await _life;
    }

    public void Dispose() => _stopping.Dispose();

    private async Task LiveAsync(ProcessRecipe recipe)
    {
        while (!_stopping.IsCancellationRequested)
        {
            _process = ChildProcess.Start(recipe, line => context.Log.Write(redis.Name, line));
            if (_stopping.IsCancellationRequested)
                _process.Kill(); // The stop looked before this one was there.
            context.Processes.Add(redis.Name, _process.Process);
            int code = await _process.WaitAsync(CancellationToken.None);
            context.Processes.Remove(_process.Id);
            if (_stopping.IsCancellationRequested)
                return;

            context.Log.Write(redis.Name, $"ended unexpectedly with exit code {code}; starting it again in 2 s. Services go on without it meanwhile.");
            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System, _stopping.Token));
        }
    }

    private static async Task WaitUntilListeningAsync(int port, CancellationToken ct)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port, ct);
                return;
            }
            catch (SocketException) when (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, ct);
            }
            catch (SocketException failure)
            {
                throw new DistributedApplicationException("The local Redis does not answer after 30 s. What it said stands above.", failure);
            }
        }
    }

    private static int RememberedPort(string file)
    {
        if (File.Exists(file) && int.TryParse(File.ReadAllText(file), out int last) && Ports.IsFree(last))
            return last;

        int port = Ports.FindFree();
        File.WriteAllText(file, port.ToString(CultureInfo.InvariantCulture));
        return port;
    }
}
