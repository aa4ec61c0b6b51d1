using Agency.Benchmarks.Measuring;

namespace Agency.Benchmarks.Contenders;

/// <summary>Multiplies a row that a library has written itself: the same content without ten thousand calls.</summary>
internal static class Rows
{
    /// <param name="database">Where.</param>
    /// <param name="table">The table with the rows to copy.</param>
    /// <param name="where">Which rows.</param>
    /// <param name="changed">What differs in copy <c>i</c>, as pairs for jsonb_build_object over <c>i</c> and the row <c>r</c>.</param>
    /// <param name="copies">How many.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static Task CopyAsync(
        BenchmarkDatabase database, string table, string where, string changed, int copies, CancellationToken cancellationToken) =>
        Sql.ExecuteAsync(database.Administrator, $"""
            insert into {table}
            select (jsonb_populate_record(r, jsonb_build_object({changed}))).* from {table} r, generate_series(1, {copies}) i where {where}
            """, cancellationToken);
}
