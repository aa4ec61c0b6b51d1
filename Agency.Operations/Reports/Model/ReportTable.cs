namespace Agency.Operations.Reports.Model;

/// <summary>A table. Its header is repeated on every page it reaches.</summary>
public sealed record ReportTable : ReportBlock
{
    /// <summary>What a table without rows says.</summary>
    public const string NoRows = "No entries.";

    /// <summary>A table; every row has exactly one cell per column.</summary>
    /// <exception cref="ArgumentException">No column, or a row of another width.</exception>
    public ReportTable(IReadOnlyList<ReportColumn> columns, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        ArgumentOutOfRangeException.ThrowIfZero(columns.Count, nameof(columns));
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Count != columns.Count)
                throw new ArgumentException($"Row {i} has {rows[i].Count} cells; the table has {columns.Count} columns.", nameof(rows));
        }
        Columns = columns;
        Rows = rows;
    }

    /// <summary>The columns from left to right.</summary>
    public IReadOnlyList<ReportColumn> Columns { get; }

    /// <summary>The rows from top to bottom.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Rows { get; }
}

/// <summary>A column of a table.</summary>
public sealed record ReportColumn(string Header, ReportAlignment Alignment = ReportAlignment.Left);

/// <summary>Where a column's text stands: words to the left, figures to the right.</summary>
public enum ReportAlignment
{
    /// <summary>At the left edge.</summary>
    Left,

    /// <summary>In the middle.</summary>
    Center,

    /// <summary>At the right edge.</summary>
    Right,
}
