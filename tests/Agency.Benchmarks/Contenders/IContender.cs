using Agency.Benchmarks.Measuring;

namespace Agency.Benchmarks.Contenders;

/// <summary>A scheduler under measurement. Its jobs do nothing, in this process.</summary>
internal interface IContender
{
    /// <summary>As it stands in the names of figures.</summary>
    string Name { get; }

    /// <summary>With version and settings, for the reader.</summary>
    string Description { get; }

    /// <summary>Whether its tables keep finished runs; if not, an old table is as good as a new one.</summary>
    bool KeepsHistory { get; }

    /// <summary>How many jobs fall due at once.</summary>
    int DueJobs { get; }

    /// <summary>How many wait in its backlog: fewer where the rate shows with fewer.</summary>
    int BacklogJobs { get; }

    /// <summary>Whether it takes so long that a quick run measures it once, and on fresh tables alone.</summary>
    bool IsSlow { get; }

    Task CreateSchemaAsync(BenchmarkDatabase database, CancellationToken cancellationToken);

    /// <summary>Writes finished runs, set-based, and lets the database look at them.</summary>
    Task FillHistoryAsync(BenchmarkDatabase database, int runs, CancellationToken cancellationToken);

    /// <summary>Seconds from the instant at which all of <paramref name="count"/> recurring jobs are due to the start of the last of them.</summary>
    Task<double> DueAtOnceAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken);

    /// <summary>
    /// Seconds from the commit that makes <paramref name="count"/> runs available (or from the start, where a scheduler does not notice by
    /// itself) until the last one's end is committed. With 0 it starts, idles for a second and stops.
    /// </summary>
    Task<double> BacklogAsync(BenchmarkDatabase database, int count, CancellationToken cancellationToken);
}
