using System.Buffers.Text;
using System.Text.Json;
using Agency.Data;

namespace Agency.ServiceDefaults.Mcp;

/// <summary>
/// Where the next page begins, opaque to clients. It is not signed and needs not be: it only says where to go on within what the caller may
/// see anyway, so never put a company into it.
/// </summary>
public static class Cursor
{
    private const int MaxLength = 1024;

    public static string Encode<T>(T position) => Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(position, AgencyJson.Options));

    /// <summary>The position; <c>default</c> for a null or empty cursor, which is the first page.</summary>
    public static Result<T?> Decode<T>(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor))
        {
            return default(T);
        }

        try
        {
            if (cursor.Length <= MaxLength && JsonSerializer.Deserialize<T>(Base64Url.DecodeFromChars(cursor), AgencyJson.Options) is { } position)
            {
                return position;
            }
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            // Answered below.
        }

        return Error.Invalid("cursor is not one that this tool gave out. Take next_cursor of the previous page as it is, or leave it out for the first page.");
    }
}
