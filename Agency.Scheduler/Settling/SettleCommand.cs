using Npgsql;

namespace Agency.Scheduler.Settling;

/// <summary>Statements of a batch with their parameters by position.</summary>
internal static class SettleCommand
{
    public static NpgsqlBatchCommand Of(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    /// <summary>One value of each item, as an array; a null among them is one in the database.</summary>
    public static NpgsqlParameter<TValue[]> Array<TItem, TValue>(IEnumerable<TItem> items, Func<TItem, TValue> value) => new() { TypedValue = [.. items.Select(value)] };
}
