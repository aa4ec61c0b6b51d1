using System.Net;

namespace Agency.Operations.Tests.Console.Access;

/// <summary>The console's forms are taken from its own pages alone.</summary>
public sealed class OwnFormTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory]
    [InlineData("Origin", "https://evil.test")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public async Task Forms_SentByAnotherSite_AreRefused(string header, string value)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        foreach (var path in (string[])["/sign-in", "/"])
        {
            using var page = await client.GetAsync(path, None);
            using var form = await ConsoleFixture.FormAsync(page, ("secret", console.OperatorToken));
            using var request = new HttpRequestMessage(HttpMethod.Post, path == "/" ? "/sign-out" : path) { Content = form };
            request.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]).Append($"agency-console={console.Session}"));
            request.Headers.Add(header, value);
            using var answer = await client.SendAsync(request, None);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }
    }

    [Theory]
    [InlineData("/sign-in")]
    [InlineData("/sign-out")]
    public async Task Forms_WithoutAntiforgeryToken_AreRefused(string path)
    {
        using var client = ConsoleFixture.Client(console.Operations.Server, console.Session);
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("secret", console.OperatorToken)]);
        using var answer = await client.PostAsync(path, form, None);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.False(SessionCookie.IsIn(answer));
    }
}
