using Agency.Operations.Console.Access;

namespace Agency.Operations.Tests.Console.Access;

/// <summary>The command that makes a link to sign in with.</summary>
public sealed class ConsoleLinkTests(ConsoleFixture console) : IClassFixture<ConsoleFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task ConsoleLink_Command_PrintsALinkThatSignsIn()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        string[] args = ["--console-link", "--name", "night shift", .. console.Operations.Settings.Select(s => $"--{s.Key}={s.Value}")];

        Assert.True(ConsoleLinkCommand.IsRequested(args));
        Assert.Equal(0, await ConsoleLinkCommand.RunAsync(args, output, errors, None));

        Assert.Equal(1, await console.AuditedAsync("console_link", Environment.UserName));
        Assert.Equal("night shift", await console.Operations.Database.ScalarAsync<string>("select arguments::jsonb ->> 'name' from agency.audit_log where action = 'console_link'"));
        var link = new Uri(output.ToString().Trim());
        Assert.Equal(("http://operations.agency.test/sign-in", ""), (link.GetLeftPart(UriPartial.Path), errors.ToString()));
        using var answer = await SignInAsync(link.Fragment["#code=".Length..]);
        using var client = ConsoleFixture.Client(console.Operations.Server, SessionCookie.Value(SessionCookie.In(answer)));
        Assert.Contains("Signed in as night shift", await client.GetStringAsync("/", None), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1441")]
    [InlineData("soon")]
    public async Task ConsoleLink_WithWrongTime_SaysSoAndPrintsNothing(string minutes)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(2, await ConsoleLinkCommand.RunAsync(["--console-link", "--minutes", minutes], output, errors, None));
        Assert.Equal("", output.ToString());
        Assert.Contains("Usage:", errors.ToString(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> SignInAsync(string secret, string? returnTo = null) => ConsoleFixture.SignInAsync(console.Operations.Server, secret, returnTo);
}
