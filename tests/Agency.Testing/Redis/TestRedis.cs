using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Agency.Testing;

/// <summary>A Redis of a test class's own: Agency.LocalRedis on a free port. It leaves when disposed of, and when the test process dies.</summary>
public sealed class TestRedis : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private TestRedis(Process process, string folder, string connectionString)
    {
        (_process, _folder) = (process, folder);
        ConnectionString = connectionString;
    }

    /// <summary>As StackExchange.Redis reads it.</summary>
    public string ConnectionString { get; }

    public static async Task<TestRedis> StartAsync(CancellationToken ct = default)
    {
        string program = typeof(TestRedis).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "LocalRedis").Value!;
        string folder = Directory.CreateTempSubdirectory("agency-redis-").FullName;
        string password = Guid.NewGuid().ToString("N");
        int port = FreePort();
        var start = new ProcessStartInfo("dotnet", [program, port.ToString(CultureInfo.InvariantCulture), folder])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["AGENCY_REDIS_PASSWORD"] = password;
        var redis = new TestRedis(Process.Start(start)!, folder, $"127.0.0.1:{port},password={password}");
        if (await redis._process.StandardOutput.ReadLineAsync(ct) is null)
        {
            await redis.DisposeAsync();
            throw new InvalidOperationException("Agency.LocalRedis ended before it was ready.");
        }

        return redis;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
