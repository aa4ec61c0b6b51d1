namespace Agency.Operations.Clients;

/// <summary>How many exports are written at the same time: each holds a connection to the database for as long as its reader takes.</summary>
internal sealed class ExportPlaces : IDisposable
{
    public const int Most = 2;

    private readonly SemaphoreSlim _places = new(Most, Most);

    /// <summary>A place until disposed; null when none is free.</summary>
    public async Task<IDisposable?> TakeAsync() => await _places.WaitAsync(TimeSpan.Zero) ? new Place(_places) : null;

    public void Dispose() => _places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private int _given;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                places.Release();
            }
        }
    }
}
