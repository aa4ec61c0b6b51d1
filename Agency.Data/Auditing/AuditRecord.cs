using Npgsql;
using NpgsqlTypes;

namespace Agency.Data.Auditing;

/// <summary>An entry before it has its place in a chain.</summary>
public sealed record AuditRecord(
    CompanyId? Company, AuditActor Actor, string Server, string Action, string? Target, AuditOutcome Outcome, string? Arguments, string? Before, string? After,
    string? Error, string? TraceId)
{
    private const int MaxName = 200;
    private const int MaxTarget = 400;
    private const int MaxError = 500;

    /// <summary>Appends it in the transaction of <paramref name="connection"/>, or in one of its own.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction)
    {
        var command = new NpgsqlCommand(
            "select agency.append_audit($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)", connection, transaction);
        foreach (var text in (ReadOnlySpan<string?>)
            [
                Company?.Value, Clip(Actor.Subject, MaxName), Actor.Role, Clip(Actor.TokenId, MaxName), Server, Clip(Action, MaxName), Clip(Target, MaxTarget),
                SnakeCase.Of(Outcome), Arguments, Before, After, Clip(Error, MaxError), TraceId,
            ])
        {
            command.Parameters.Add(new NpgsqlParameter { Value = (object?)text ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        }

        return command;
    }

    /// <summary>The database takes neither NUL nor half of a surrogate pair.</summary>
    private static string? Clip(string? text, int length)
    {
        if (text is null)
        {
            return null;
        }

        var clipped = text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
        return string.Concat(clipped.EnumerateRunes().Select(rune => rune.Value == 0 ? "\uFFFD" : rune.ToString()));
    }
}
