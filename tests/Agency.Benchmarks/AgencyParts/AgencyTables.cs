using Agency.Benchmarks.Measuring;

namespace Agency.Benchmarks.AgencyParts;

/// <summary>Databases with the agency's empty tables.</summary>
internal sealed class AgencyTables(BenchmarkServer server) : IAsyncDisposable
{
    private BenchmarkDatabase? _template;
    private int _made;

    public async Task<BenchmarkDatabase> CreateAsync(string name, CancellationToken cancellationToken)
    {
        if (_template is null)
        {
            _template = await server.CreateDatabaseAsync("agency_empty", null, cancellationToken);
            await AgencySchema.CreateAsync(_template, cancellationToken);
            await _template.CommitsAsync(cancellationToken);
        }

        return await server.CreateDatabaseAsync($"{name}_{++_made}", _template.Name, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_template is not null)
        {
            await _template.DisposeAsync();
        }
    }
}
