using System.Net;
using System.Net.Sockets;
using Agency.Data.Tenancy;
using Agency.ServiceDefaults.Tenancy;
using Agency.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Agency.ServiceDefaults.Tests.Tenancy;

public sealed class LoginCheckTests(AgencyTestDatabase database) : IClassFixture<AgencyTestDatabase>
{
    [Fact]
    public async Task StartingAsync_WithTheServicesLogins_Passes() =>
        await Check(database.As("operations")).StartingAsync(CancellationToken.None);

    [Fact]
    public async Task StartingAsync_WithASuperuser_RefusesAndNamesIt()
    {
        await using var powerful = new AgencyDatabase(database.AdminConnectionString, null);

        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Check(powerful).StartingAsync(CancellationToken.None));

        Assert.Contains("'postgres' is a superuser", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bypassrls", "has BYPASSRLS")]
    [InlineData("in role agency_owner", "owns the tables")]
    public async Task StartingAsync_WithALoginThatRowSecurityDoesNotBind_Refuses(string power, string words)
    {
        var login = $"strong_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"create role {login} login password '{AgencyTestDatabase.Password}' {power}");
        try
        {
            await using var tenant = new AgencyDatabase(database.ConnectionString("operations_agency"), database.ConnectionString(login));

            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => Check(tenant).StartingAsync(CancellationToken.None));

            Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
        }
        finally
        {
            await database.ExecuteAsync($"drop role {login}");
        }
    }

    [Fact]
    public async Task StartingAsync_WhileTheDatabaseIsAway_WaitsForIt()
    {
        var real = new NpgsqlConnectionStringBuilder(database.ConnectionString("scheduler_agency"));
        using var front = new TcpListener(IPAddress.Loopback, 0);
        front.Start();
        var address = (IPEndPoint)front.LocalEndpoint;
        front.Stop();
        await using var away = new AgencyDatabase(new NpgsqlConnectionStringBuilder(real.ConnectionString) { Port = address.Port }.ConnectionString, null);
        var log = new FirstLine();

        var starting = new LoginCheck(away, TimeProvider.System, log).StartingAsync(TestContext.Current.CancellationToken);
        Assert.Contains("does not answer", await log.Told.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.False(starting.IsCompleted);
        using var back = new TcpListener(address);
        back.Start();
        using var client = await back.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, real.Port, TestContext.Current.CancellationToken);
        var forward = client.GetStream().CopyToAsync(server.GetStream(), TestContext.Current.CancellationToken);
        var backward = server.GetStream().CopyToAsync(client.GetStream(), TestContext.Current.CancellationToken);

        await starting;
        await away.DisposeAsync();
        await Task.WhenAny(forward, backward);
    }

    private static LoginCheck Check(AgencyDatabase database) => new(database, TimeProvider.System, NullLogger<LoginCheck>.Instance);

    private sealed class FirstLine : ILogger<LoginCheck>
    {
        private readonly TaskCompletionSource<string> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Told => _told.Task;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _told.TrySetResult(formatter(state, exception));
    }
}
