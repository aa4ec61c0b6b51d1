using Agency.Benchmarks.Measuring;

namespace Agency.Benchmarks.Contenders;

/// <summary>The two states of a scheduler's tables in which it is measured.</summary>
internal enum TableState
{
    /// <summary>Just created; statistics know nothing yet.</summary>
    Fresh,

    /// <summary>Full of finished runs, vacuumed and analysed.</summary>
    History,
}

/// <summary>Databases for the contenders: a new one for each measurement on fresh tables, one that stays for those with a history.</summary>
internal sealed class Tables(BenchmarkServer server, int history, bool statements) : IAsyncDisposable
{
    private readonly Dictionary<string, BenchmarkDatabase> _templates = [];
    private readonly Dictionary<string, BenchmarkDatabase> _histories = [];
    private int _made;

    public async Task<TResult> WithAsync<TResult>(
        IContender contender, TableState state, Func<BenchmarkDatabase, Task<TResult>> measure, CancellationToken cancellationToken)
    {
        if (state is TableState.History)
        {
            var kept = await HistoryAsync(contender, cancellationToken);
            return await MeasureAsync(contender, kept, measure, cancellationToken);
        }

        var template = await TemplateAsync(contender, cancellationToken);
        await using var database = await server.CreateDatabaseAsync($"{contender.Name}_{++_made}", template.Name, cancellationToken);
        return await MeasureAsync(contender, database, measure, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _templates.Values.Concat(_histories.Values))
        {
            await database.DisposeAsync();
        }
    }

    private async Task<TResult> MeasureAsync<TResult>(
        IContender contender, BenchmarkDatabase database, Func<BenchmarkDatabase, Task<TResult>> measure, CancellationToken cancellationToken)
    {
        await database.SettleAsync(cancellationToken);
        if (!statements || contender is not AgencyContender)
        {
            return await measure(database);
        }

        var costs = new StatementCosts(server);
        await costs.BeginAsync(cancellationToken);
        var result = await measure(database);
        await costs.EndAsync(database.Name, cancellationToken);
        return result;
    }

    private async Task<BenchmarkDatabase> TemplateAsync(IContender contender, CancellationToken cancellationToken)
    {
        if (!_templates.TryGetValue(contender.Name, out var template))
        {
            _templates[contender.Name] = template = await server.CreateDatabaseAsync($"{contender.Name}_template", null, cancellationToken);
            await contender.CreateSchemaAsync(template, cancellationToken);

            // A database that somebody is connected to cannot be copied.
            await template.CommitsAsync(cancellationToken);
        }

        return template;
    }

    private async Task<BenchmarkDatabase> HistoryAsync(IContender contender, CancellationToken cancellationToken)
    {
        if (!_histories.TryGetValue(contender.Name, out var database))
        {
            Progress.Say($"{contender.Name}: writing {history:#,##0} finished runs");
            var template = await TemplateAsync(contender, cancellationToken);
            _histories[contender.Name] = database = await server.CreateDatabaseAsync($"{contender.Name}_history", template.Name, cancellationToken);
            await contender.FillHistoryAsync(database, history, cancellationToken);
        }

        return database;
    }
}
