using System.Buffers.Text;
using System.Text.Json;

namespace Agency.AppHost.Startup;

/// <summary>What a token says of itself. Nothing is verified: that is the servers' task.</summary>
internal static class AccessToken
{
    /// <summary>True as well when the text is not a token at all.</summary>
    public static bool ExpiresWithin(string token, TimeSpan time)
    {
        try
        {
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]));
            return DateTimeOffset.FromUnixTimeSeconds(payload.RootElement.GetProperty("exp").GetInt64()) - TimeProvider.System.GetUtcNow() < time;
        }
        catch (Exception malformed) when (malformed is IndexOutOfRangeException or FormatException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return true;
        }
    }
}
