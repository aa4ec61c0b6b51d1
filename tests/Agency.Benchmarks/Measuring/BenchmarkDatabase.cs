using Npgsql;

namespace Agency.Benchmarks.Measuring;

/// <summary>A database of one scheduler, gone when disposed of.</summary>
internal sealed class BenchmarkDatabase(BenchmarkServer server, string name) : IAsyncDisposable
{
    public BenchmarkServer Server => server;

    public string Name => name;

    /// <summary>The superuser's, without pooling: for arranging and for looking.</summary>
    public string Administrator => server.Administrator(name);

    /// <summary>The superuser's with a pool, as rivals connect.</summary>
    public string Pooled(int connections) =>
        new NpgsqlConnectionStringBuilder(Administrator) { Pooling = true, MaxPoolSize = connections, MaxAutoPrepare = 100 }.ConnectionString;

    /// <summary>A login's, pooled.</summary>
    public string Login(string user, string password, int connections) =>
        new NpgsqlConnectionStringBuilder(Administrator) { Username = user, Password = password, Pooling = true, MaxPoolSize = connections }.ConnectionString;

    public Task<long> CommitsAsync(CancellationToken cancellationToken) => server.CommitsAsync(name, cancellationToken);

    /// <summary>Gives the next measurement a server with nothing left to write.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => Sql.ExecuteAsync(Administrator, "checkpoint", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await server.DropAsync(name);
    }
}
