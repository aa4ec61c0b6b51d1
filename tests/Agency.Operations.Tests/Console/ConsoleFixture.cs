using Agency.Testing.Mcp;

namespace Agency.Operations.Tests.Console;

/// <summary>A server with something to look at.</summary>
public class ConsoleFixture : IAsyncLifetime
{
    public OperationsFixture Operations { get; } = new();

    internal ConsoleSeed Seed => field ??= new ConsoleSeed(Operations);

    public Uri Address => Operations.Server.Address;

    public string OperatorToken => Operations.Tokens.Operator("operations");

    public static HttpClient Client(RunningServer server, string? cookie = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.Address };
        if (cookie is not null)
        {
            client.DefaultRequestHeaders.Add("Cookie", $"agency-console={cookie}");
        }

        return client;
    }

    public virtual async ValueTask InitializeAsync()
    {
        await Operations.InitializeAsync();
        await Seed.WriteAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Operations.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
