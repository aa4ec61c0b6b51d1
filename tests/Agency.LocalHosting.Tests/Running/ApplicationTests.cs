using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Agency.LocalHosting.Tests.Running;

public sealed class ApplicationTests
{
    private const string Forever = "exec sleep 600";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_DependencyNotHealthyYet_Waits()
    {
        await using var test = new TestApplication();
        var first = test.Shell("first", Forever, health: "/health");
        test.Shell("second", "echo second runs; " + Forever).WaitFor(first);

        var start = test.App.StartAsync(Ct);
        await test.App.ResourceNotifications.WaitForResourceAsync("first", KnownResourceStates.Running, Ct);
        Assert.Empty(test.App.GetProcessIds("second"));
        using var server = Answer(new Uri(first.GetEndpoint("http").Url).Port);
        await start;

        Assert.Single(test.App.GetProcessIds("second"));
    }

    [Fact]
    public async Task Start_CompletionWithAnotherExitCode_NamesBoth()
    {
        await using var test = new TestApplication();
        var migrations = test.Shell("migrations", "exit 7");
        test.Shell("service", Forever).WaitForCompletion(migrations);

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => test.App.StartAsync(Ct));

        Assert.Contains("migrations ended with exit code 7, so service cannot start", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_ServiceEndsBeforeItIsHealthy_GivesUpAndSaysSo()
    {
        await using var test = new TestApplication();
        test.Shell("service", "exit 3", health: "/health");

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => test.App.StartAsync(Ct));

        Assert.Contains("service ended 3 times before it was healthy, last with exit code 3", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PortTaken_NamesPortAndResource()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var test = new TestApplication("--DcpPublisher:RandomizePorts=false");
        test.Shell("service", Forever).WithHttpEndpoint(port: port);

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => test.App.StartAsync(Ct));

        Assert.Contains($"Port {port} (service) is taken", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OfAResource_IsWhatAspireInjects()
    {
        await using var test = new TestApplication("--Parameters:key=s3cret");
        var key = test.Builder.AddParameter("key", secret: true);
        var other = test.Shell("other", Forever).WithHttpEndpoint();
        var connection = test.Builder.AddConnectionString("role", ReferenceExpression.Create($"Host=h;Port={other.GetEndpoint("http").Property(EndpointProperty.Port)};Password={key}"));
        test.Shell("service", "env; " + Forever)
            .WithHttpEndpoint()
            .WithReference(other)
            .WithReference(connection, connectionName: "agency")
            .WithEnvironment("KEY", key)
            .WithEnvironment("PLAIN", "text")
            .WithEnvironment("ADDRESS", other.GetEndpoint("http"));

        await test.App.StartAsync(Ct);
        var lines = await LinesAsync(test.App, "service", "ADDRESS=");

        string url = other.GetEndpoint("http").Url;
        Assert.Contains($"services__other__http__0={url}", lines);
        Assert.Contains($"OTHER_HTTP={url}", lines);
        Assert.Contains($"ADDRESS={url}", lines);
        Assert.Contains($"ConnectionStrings__agency=Host=h;Port={new Uri(url).Port.ToString(CultureInfo.InvariantCulture)};Password=s3cret", lines);
        Assert.Contains("KEY=s3cret", lines);
        Assert.Contains("PLAIN=text", lines);
        Assert.Contains($"ASPNETCORE_URLS={test.App.GetEndpoint("service").ToString().TrimEnd('/')}", lines);
        Assert.Contains("OTEL_SERVICE_NAME=service", lines);
        Assert.Contains("AGENCY_PARENT_WATCH=stdin", lines);
    }

    [Fact]
    public async Task Crash_OfAService_IsSaidAndItRunsAgain()
    {
        await using var test = new TestApplication();
        test.Shell("service", Forever);
        await test.App.StartAsync(Ct);

        int killed = await test.App.KillResourceAsync("service");
        await test.App.ResourceNotifications.WaitForResourceHealthyAsync("service", Ct);

        Assert.NotEqual(killed, Assert.Single(test.App.GetProcessIds("service")));
        Assert.Contains(test.App.GetLogLines(), l => l.Contains("ended unexpectedly with exit code 137; starting it again in 1 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_DependentAndDependency_EndsTheDependentFirst()
    {
        await using var test = new TestApplication();
        var first = test.Shell("first", Farewell("first"));
        test.Shell("second", Farewell("second")).WaitFor(first);
        await test.App.StartAsync(Ct);
        await LinesAsync(test.App, "first", "up");
        await LinesAsync(test.App, "second", "up");

        await test.App.StopAsync(Ct);

        string[] farewells = [.. test.App.GetLogLines().Where(l => l.EndsWith("says goodbye", StringComparison.Ordinal)).Select(l => l.Split("| ")[1])];
        Assert.Equal(["second says goodbye", "first says goodbye"], farewells);
    }

    [Fact]
    public async Task Stop_ChildThatDoesNotListen_IsKilledAndSaid()
    {
        await using var test = new TestApplication();
        test.Shell("deaf", "trap '' TERM; echo up; while true; do sleep 600; done");
        await test.App.StartAsync(Ct);
        await LinesAsync(test.App, "deaf", "up");

        await test.App.StopAsync(Ct);

        Assert.Empty(test.App.GetProcessIds("deaf"));
        Assert.Contains(test.App.GetLogLines(), l => l.Contains("and was killed", StringComparison.Ordinal));
    }

    private static string Farewell(string name) => $"trap 'echo {name} says goodbye; exit 0' TERM; echo up; while true; do sleep 0.1; done";

    /// <summary>What a resource has written, once a line with this beginning is there.</summary>
    private static async Task<List<string>> LinesAsync(DistributedApplication app, string resource, string awaited)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var lines = app.GetLogLines().Where(l => l.StartsWith(resource, StringComparison.Ordinal)).Select(l => l.Split("| ", 2)[1]).ToList();
            if (lines.Exists(l => l.StartsWith(awaited, StringComparison.Ordinal)))
                return lines;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    private static HttpListener Answer(int port)
    {
        var server = new HttpListener();
        server.Prefixes.Add($"http://localhost:{port}/");
        server.Start();
        _ = Task.Run(async () =>
        {
            while (server.IsListening)
                (await server.GetContextAsync()).Response.Close();
        });
        return server;
    }
}
