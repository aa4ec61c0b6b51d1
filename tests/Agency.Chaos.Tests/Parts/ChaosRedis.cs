using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using StackExchange.Redis;

namespace Agency.Chaos.Tests.Parts;

/// <summary>A Redis of the test's own, which it kills and starts again on the same port.</summary>
internal sealed class ChaosRedis(string folder) : IAsyncDisposable
{
    private readonly string _password = Guid.NewGuid().ToString("N");
    private readonly int _port = FreePort();
    private Process? _process;

    public string ConnectionString => $"127.0.0.1:{_port},password={_password},connectTimeout=1000,syncTimeout=1000";

    public async Task StartAsync()
    {
        var program = Assemblies.Metadata("ChaosRedis");
        var start = new ProcessStartInfo("dotnet", [program, _port.ToString(CultureInfo.InvariantCulture), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["AGENCY_REDIS_PASSWORD"] = _password;
        _process = Process.Start(start)!;
        await _process.StandardOutput.ReadLineAsync();
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Everything in it is gone.</summary>
    public async Task FlushAsync()
    {
        try
        {
            await using var redis = await ConnectionMultiplexer.ConnectAsync(ConnectionString + ",allowAdmin=true");
            await redis.GetServers()[0].FlushAllDatabasesAsync();
        }
        catch (RedisException)
        {
            // It is down just now: nothing is in it either.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal static class Assemblies
{
    public static string Metadata(string key) =>
        typeof(Assemblies).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
