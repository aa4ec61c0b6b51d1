using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Agency.ServiceDefaults.Mcp;
using Agency.ServiceDefaults.Tenancy;
using Microsoft.EntityFrameworkCore;

namespace Agency.Operations;

/// <summary>Which page of which client's list a caller asks for.</summary>
/// <param name="Client">Null or empty is every client that the caller may see.</param>
/// <param name="Cursor">Where the page begins; null for the first.</param>
/// <param name="Limit">How many rows at most.</param>
internal readonly record struct PageRequest(string? Client, string? Cursor, int Limit);

/// <summary>What the lists of this server have in common: whose rows, from where on, how many.</summary>
internal static class PagedLists
{
    /// <summary>One page of rows as they are.</summary>
    /// <param name="database">As the caller may see it.</param>
    /// <param name="companies">Decides which client is meant.</param>
    /// <param name="request">Client, cursor and limit as they came.</param>
    /// <param name="query">The rows after a position (null: from the first on), in the order of the positions.</param>
    /// <param name="position">Where a row stands in that order. It goes into the cursor: never a company's secret.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<Result<Page<TRow>>> ReadPageAsync<TRow, TPosition>(
        this CallerDatabase database,
        CompanyScope companies,
        PageRequest request,
        Func<AgencyDbContext, TPosition?, IQueryable<TRow>> query,
        Func<TRow, TPosition> position,
        CancellationToken cancellationToken)
        where TPosition : class =>
        database.ReadPageAsync(companies, request, query, position, (_, rows) => Task.FromResult(rows), cancellationToken);

    /// <summary>The same, each row shown by <paramref name="view"/>.</summary>
    public static Task<Result<Page<TView>>> ReadPageAsync<TRow, TPosition, TView>(
        this CallerDatabase database,
        CompanyScope companies,
        PageRequest request,
        Func<AgencyDbContext, TPosition?, IQueryable<TRow>> query,
        Func<TRow, TPosition> position,
        Func<TRow, TView> view,
        CancellationToken cancellationToken)
        where TPosition : class =>
        database.ReadPageAsync<TRow, TPosition, TView>(
            companies, request, query, position, (_, rows) => Task.FromResult<IReadOnlyList<TView>>([.. rows.Select(view)]), cancellationToken);

    /// <summary>The same, the rows of the page shown together by <paramref name="views"/>, which may read what belongs to them.</summary>
    public static async Task<Result<Page<TView>>> ReadPageAsync<TRow, TPosition, TView>(
        this CallerDatabase database,
        CompanyScope companies,
        PageRequest request,
        Func<AgencyDbContext, TPosition?, IQueryable<TRow>> query,
        Func<TRow, TPosition> position,
        Func<AgencyDbContext, IReadOnlyList<TRow>, Task<IReadOnlyList<TView>>> views,
        CancellationToken cancellationToken)
        where TPosition : class
    {
        var scope = companies.ResolveOptional(request.Client);
        var from = Cursor.Decode<TPosition>(request.Cursor);
        if ((scope.Error ?? from.Error ?? Paging.Check(request.Limit).Error) is { } error)
        {
            return error;
        }

        await using var context = database.Open(scope.Value);
        if (scope.Value is { } company && await context.FindCompanyAsync(company, cancellationToken) is { IsSuccess: false } unknown)
        {
            return unknown.Error!;
        }

        // One row more than asked for tells whether there is another page.
        var rows = Page.From(await query(context, from.Value).Take(request.Limit + 1).ToListAsync(cancellationToken), request.Limit, position);
        return new Page<TView>(await views(context, rows.Items), rows.NextCursor);
    }
}
