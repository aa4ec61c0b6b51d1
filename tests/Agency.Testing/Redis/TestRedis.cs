using System.Reflection;
using Agency.EmbeddedServers.Garnet;

namespace Agency.Testing;

/// <summary>A Redis of a test class's own: Garnet on a free port. It ends when disposed of, and when the test process dies.</summary>
public sealed class TestRedis : IAsyncDisposable
{
    private readonly EmbeddedGarnet _garnet;
    private readonly string _folder;

    private TestRedis(EmbeddedGarnet garnet, string folder) => (_garnet, _folder) = (garnet, folder);

    /// <summary>As StackExchange.Redis reads it.</summary>
    public string ConnectionString => _garnet.ConnectionString;

    public static async Task<TestRedis> StartAsync(CancellationToken ct = default)
    {
        string folder = Directory.CreateTempSubdirectory("agency-redis-").FullName;
        return new TestRedis(await EmbeddedGarnet.StartAsync(
            new EmbeddedGarnetOptions
            {
                Program = typeof(TestRedis).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "Garnet").Value!,
                Folder = folder,
                Password = Guid.NewGuid().ToString("N"),
            },
            ct), folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _garnet.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
