using System.Globalization;

namespace Agency.Operations.Tests.Console.Access;

/// <summary>Reads the cookie that holds a session from an answer.</summary>
internal static class SessionCookie
{
    private const string Begin = "agency-console=";

    public static bool IsIn(HttpResponseMessage answer) =>
        answer.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith(Begin, StringComparison.Ordinal));

    public static string In(HttpResponseMessage answer) =>
        Assert.Single(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith(Begin, StringComparison.Ordinal));

    public static string Value(string cookie) => cookie.Split(';')[0].Split('=', 2)[1];

    public static DateTimeOffset Expiry(string cookie) => DateTimeOffset.Parse(cookie.Split("expires=")[1].Split(';')[0], CultureInfo.InvariantCulture);
}
