using Agency.Data;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>One page of a list. <see cref="NextCursor"/> goes into the next call's <c>cursor</c>; null means this was the last page.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor);

/// <summary>Makes pages.</summary>
public static class Page
{
    /// <summary>
    /// From a query that asked for one row more than <paramref name="limit"/>: the extra row says that there is another page, and the last one kept
    /// says where it begins.
    /// </summary>
    public static Page<T> From<T, TKey>(IReadOnlyList<T> rows, int limit, Func<T, TKey> key)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(key);
        return rows.Count > limit
            ? new Page<T>([.. rows.Take(limit)], Cursor.Encode(key(rows[limit - 1])))
            : new Page<T>(rows, null);
    }
}

/// <summary>The limits of a page, for <c>[Range(Paging.Min, Paging.Max)] int limit = Paging.Default</c>.</summary>
public static class Paging
{
    public const int Min = 1;
    public const int Max = 100;
    public const int Default = 20;

    /// <summary>For callers that no schema has checked.</summary>
    public static Result<int> Check(int limit) => limit is >= Min and <= Max ? limit : Error.Invalid($"limit must be from {Min} to {Max}, but is {limit}.");
}
