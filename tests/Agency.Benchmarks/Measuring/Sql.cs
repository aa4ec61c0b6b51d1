using Npgsql;

namespace Agency.Benchmarks.Measuring;

/// <summary>Statements that arrange a measurement or look at its result, each on a connection of its own.</summary>
internal static class Sql
{
    /// <summary>Filling a history takes its time.</summary>
    private const int TimeoutSeconds = 600;

    public static async Task ExecuteAsync(string connectionString, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static async Task<T> ScalarAsync<T>(string connectionString, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await using var command = Command(connection, sql, parameters);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public static async Task<List<T>> ListAsync<T>(string connectionString, string sql, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
        {
            list.Add(reader.GetFieldValue<T>(0));
        }

        return list;
    }

    /// <summary>Asks every few milliseconds, or as often as <paramref name="every"/> says, until the answer is 0.</summary>
    public static async Task UntilZeroAsync(string connectionString, string sql, TimeSpan limit, CancellationToken cancellationToken, TimeSpan? every = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var connection = await OpenAsync(connectionString, cancellationToken);
        await using var command = Command(connection, sql, []);
        await command.PrepareAsync(cancellationToken);
        while ((long)(await command.ExecuteScalarAsync(cancellationToken))! > 0)
        {
            if (TimeProvider.System.GetElapsedTime(started) > limit)
            {
                throw new TimeoutException($"After {limit.TotalSeconds:0} s this is still not 0: {sql}");
            }

            await Task.Delay(every ?? TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
        }
    }

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = TimeoutSeconds };
        foreach (var parameter in parameters)
        {
            command.Parameters.AddWithValue(parameter);
        }

        return command;
    }
}
