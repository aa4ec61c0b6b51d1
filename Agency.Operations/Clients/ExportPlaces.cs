namespace Agency.Operations.Clients;

/// <summary>How many exports are written at the same time: each holds a connection to the database for as long as its reader takes.</summary>
internal static class ExportPlaces
{
    public const int Most = 2;

    private static readonly SemaphoreSlim Places = new(Most, Most);

    /// <summary>A place until disposed; null when none is free.</summary>
    public static async Task<IDisposable?> TakeAsync() => await Places.WaitAsync(TimeSpan.Zero) ? new Place() : null;

    private sealed class Place : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                Places.Release();
            }
        }
    }
}
