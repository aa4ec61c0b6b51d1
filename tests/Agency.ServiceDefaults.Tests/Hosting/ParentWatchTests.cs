using System.IO.Pipes;
using Agency.Testing.Mcp;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Agency.ServiceDefaults.Tests.Hosting;

public sealed class ParentWatchTests
{
    [Fact]
    public async Task Service_WhoseInputEnds_Stops()
    {
        using var tokens = new TestTokens();
        using var parent = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var server = await SampleServer.StartAsync(
            tokens,
            builder => builder.Services.AddSingleton<Func<Stream>>(() => new AnonymousPipeClientStream(PipeDirection.In, parent.ClientSafePipeHandle)),
            new KeyValuePair<string, string?>("AGENCY_PARENT_WATCH", "stdin"));
        var stopping = server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        await parent.WriteAsync("still here"u8.ToArray());
        Assert.False(stopping.IsCancellationRequested);
        var stopped = new TaskCompletionSource();
        await using var registration = stopping.Register(stopped.SetResult);

        await parent.DisposeAsync();

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
