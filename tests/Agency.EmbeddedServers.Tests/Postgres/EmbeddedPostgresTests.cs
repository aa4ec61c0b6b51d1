using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Agency.EmbeddedServers.Postgres;
using Npgsql;

namespace Agency.EmbeddedServers.Tests.Postgres;

/// <summary>One data folder serves all tests of the class, which run one after another: making it is what costs time.</summary>
public sealed class EmbeddedPostgresTests(EmbeddedPostgresTests.DataFolder folder) : IClassFixture<EmbeddedPostgresTests.DataFolder>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_Twice_AdoptsTheRunningServer()
    {
        var first = await folder.StartAsync();
        var second = await folder.StartAsync();

        Assert.False(first.IsAdopted);
        Assert.True(second.IsAdopted);
        Assert.Equal(first.Port, second.Port);
        Assert.Equal("ä", await ScalarAsync(second.ConnectionString, "select lower('Ä')"));
        await second.StopAsync(Ct);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ScalarAsync(first.ConnectionString, "select 1"));
    }

    [Fact]
    public async Task Start_AtOnceFromTwoLaunchers_EndsWithOneServer()
    {
        var both = await Task.WhenAll(folder.StartAsync(), folder.StartAsync());

        Assert.Equal(both[0].Port, both[1].Port);
        Assert.Single(both, s => s.IsAdopted);
        await both[0].StopAsync(Ct);
    }

    [Fact]
    public async Task Start_AfterAStop_UsesTheSamePort()
    {
        var first = await folder.StartAsync();
        await first.StopAsync(Ct);

        var second = await folder.StartAsync();

        Assert.False(second.IsAdopted);
        Assert.Equal(first.Port, second.Port);
        await second.StopAsync(Ct);
    }

    [Fact]
    public async Task Start_PidFileNamesAStranger_StartsAnyway()
    {
        var server = await folder.StartAsync();
        string pidFile = Path.Combine(server.DataFolder, "postmaster.pid");
        string[] lines = await File.ReadAllLinesAsync(pidFile, Ct);
        await server.StopAsync(Ct);
        using var stranger = StartStranger(server.UserName);
        lines[0] = stranger.Id.ToString(CultureInfo.InvariantCulture);
        await File.WriteAllLinesAsync(pidFile, lines, Ct);

        try
        {
            var restarted = await folder.StartAsync();

            Assert.False(restarted.IsAdopted);
            Assert.False(stranger.HasExited);
            await restarted.StopAsync(Ct);
        }
        finally
        {
            stranger.Kill();
        }
    }

    [Fact]
    public async Task Start_PortTaken_NamesThePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var failure = await Assert.ThrowsAsync<EmbeddedServerException>(() => folder.StartAsync(port: port));

        Assert.Contains($"Port {port} is taken", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AnotherPassword_SaysWhereTheDataLies()
    {
        var server = await folder.StartAsync();
        try
        {
            var failure = await Assert.ThrowsAsync<EmbeddedServerException>(() => folder.StartAsync(password: "another"));

            Assert.Contains(server.DataFolder, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            await server.StopAsync(Ct);
        }
    }

    [Fact]
    public async Task Start_FolderOutOfTheServersReach_KeepsTheDataBelowVarTmpAndSaysSo()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess, "Only root runs the server as another user.");
        using var closed = new TemporaryFolder();
#pragma warning disable CA1416 // Skipped on Windows.
        File.SetUnixFileMode(closed.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
#pragma warning restore CA1416
        var said = new List<string>();
        var options = new EmbeddedPostgresOptions { Folder = Path.Combine(closed.Path, "postgres"), Password = "secret", Log = said.Add };

        var server = await EmbeddedPostgres.StartAsync(options, Ct);
        await server.StopAsync(Ct);
        string root = Path.GetDirectoryName(server.DataFolder)!;
        try
        {
            var again = await EmbeddedPostgres.StartAsync(options, Ct);
            await again.StopAsync(Ct);

            Assert.StartsWith("/var/tmp/agency-postgres-", root, StringComparison.Ordinal);
            Assert.Equal(server.DataFolder, again.DataFolder);
            Assert.Contains(said, line => line.Contains(root, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public async Task Start_DataOfAnotherUser_SaysSoAndLeavesItAlone()
    {
        Assert.SkipUnless(!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess, "Only root runs the server as another user.");
        using var stranger = new TemporaryFolder();
        string precious = Path.Combine(Directory.CreateDirectory(Path.Combine(stranger.Path, "server")).FullName, "data");
        await File.WriteAllTextAsync(precious, "", Ct);

        var failure = await Assert.ThrowsAsync<EmbeddedServerException>(
            () => EmbeddedPostgres.StartAsync(new() { Folder = stranger.Path, Password = "secret" }, Ct));

        Assert.Contains("it was made by another user", failure.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(precious));
    }

    [Fact]
    public async Task Start_UnknownSource_NamesTheAllowedOnes()
    {
        var failure = await Assert.ThrowsAsync<EmbeddedServerException>(() => folder.StartAsync(search: "floppy"));

        Assert.Contains("'floppy'; allowed are installed, npm, download", failure.Message, StringComparison.Ordinal);
    }

    private static Process StartStranger(string? user)
    {
        var start = new ProcessStartInfo("sleep", "60");
        if (user is not null && !OperatingSystem.IsWindows())
            start.UserName = user;
        return Process.Start(start)!;
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(Ct);
    }

    public sealed class DataFolder : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Task<EmbeddedPostgres> StartAsync(int? port = null, string password = "secret", string? search = null) =>
            EmbeddedPostgres.StartAsync(new() { Folder = _folder.Path, Password = password, Port = port, Search = search }, Ct);

        public void Dispose() => _folder.Dispose();
    }
}
