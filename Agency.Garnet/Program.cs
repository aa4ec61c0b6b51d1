using System.Net;
using System.Runtime.InteropServices;
using Garnet;
using Garnet.server;
using Garnet.server.Auth.Settings;

// A Redis for one machine: Agency.Garnet <port> <folder>, the password in AGENCY_REDIS_PASSWORD (arguments are readable to every user).
if (args is not [var portText, var folder] || !int.TryParse(portText, out int port))
{
    await Console.Error.WriteLineAsync("Usage: Agency.Garnet <port> <folder>, with the password in AGENCY_REDIS_PASSWORD.");
    return 2;
}

if (Environment.GetEnvironmentVariable("AGENCY_REDIS_PASSWORD") is not { Length: > 0 } password)
{
    await Console.Error.WriteLineAsync("AGENCY_REDIS_PASSWORD is not set: a Redis without a password is not started.");
    return 2;
}

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

// Ctrl+C reaches every process of the terminal; the services drain first, then the launcher ends this one.
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stop.TrySetResult();
});

var options = new GarnetServerOptions
{
    EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
    AuthSettings = new PasswordAuthenticationSettings(password),
    EnableLua = true,
    LuaOptions = new LuaOptions(),
    LuaTransactionMode = true, // Without it scripts are not atomic, and the locks built on them let two in.
    CheckpointDir = folder,
    QuietMode = true,
};

// Not disposed of: Garnet's Dispose may throw, and there is nothing to save.
var server = new GarnetServer(options);
try
{
    server.Start();
}
catch (Exception failure) when (failure.GetBaseException() is System.Net.Sockets.SocketException)
{
    await Console.Error.WriteLineAsync($"Redis cannot listen on 127.0.0.1:{port}: {failure.GetBaseException().Message}.");
    return 1;
}

Console.WriteLine($"Ready to accept connections on 127.0.0.1:{port}");

// The launcher holds the other end of standard input: its death, however sudden, ends this process too.
var launcher = Task.Run(async () =>
{
    await using var input = Console.OpenStandardInput();
    var buffer = new byte[64];
    while (await input.ReadAsync(buffer) > 0)
    {
    }
});
await Task.WhenAny(stop.Task, launcher);
return 0;
