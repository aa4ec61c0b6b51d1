using System.Globalization;
using Npgsql;

namespace Agency.Benchmarks.Measuring;

/// <summary>What the statements of one measurement cost, by pg_stat_statements, and what this process spent beside them.</summary>
internal sealed class StatementCosts(BenchmarkServer server)
{
    private const string Postgres = "postgres";

    private TimeSpan _cpu;

    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        await Sql.ExecuteAsync(server.Administrator(Postgres), "create extension if not exists pg_stat_statements", cancellationToken);
        await Sql.ExecuteAsync(server.Administrator(Postgres), "select pg_stat_statements_reset()", cancellationToken);
        _cpu = Environment.CpuUsage.TotalTime;
    }

    public async Task EndAsync(string database, CancellationToken cancellationToken)
    {
        var own = Environment.CpuUsage.TotalTime - _cpu;
        await using var connection = new NpgsqlConnection(server.Administrator(Postgres));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("""
            select calls, total_exec_time + total_plan_time, rows, shared_blks_hit, wal_bytes::float8, regexp_replace(query, '\s+', ' ', 'g'), total_plan_time
            from pg_stat_statements
            where dbid = (select oid from pg_database where datname = $1) and userid <> 'postgres'::regrole
            order by total_exec_time + total_plan_time desc limit 40
            """, connection);
        command.Parameters.AddWithValue(database);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Progress.Say($"this process used {own.TotalSeconds:0.00} s of CPU time; statements by time:");
        await Console.Error.WriteLineAsync($"    {"calls",8} {"total ms",10} {"ms/call",9} {"planning",9} {"rows",9} {"blocks",10} {"WAL kB",9}  statement");
        while (await reader.ReadAsync(cancellationToken))
        {
            var (calls, total, text) = (reader.GetInt64(0), reader.GetDouble(1), reader.GetString(5));
            await Console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"    {calls,8} {total,10:0.0} {total / calls,9:0.000} {reader.GetDouble(6),9:0.0} {reader.GetInt64(2),9} {reader.GetInt64(3),10} {reader.GetDouble(4) / 1024,9:0}  {text[..Math.Min(110, text.Length)]}"));
        }
    }
}
