using System.Diagnostics;
using System.Text.Json;

namespace Agency.Operations.Tests.Authorization;

/// <summary>The TypeScript SDK's client in a process of its own, installed anew from the lock file.</summary>
internal sealed class NodeClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder;
    private readonly Process _process;

    private NodeClient(DirectoryInfo folder, Process process)
    {
        _folder = folder;
        _process = process;
    }

    public static async Task<NodeClient> StartAsync(string address)
    {
        if (!OnPath("node") || !OnPath("npm"))
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", "Needs node and npm: apt-get install nodejs npm");
            Assert.Fail("node and npm are missing: apt-get install nodejs npm");
        }

        var folder = Directory.CreateTempSubdirectory("agency-oauth-client-");
        foreach (var file in new DirectoryInfo(Path.Combine(AppContext.BaseDirectory, "Authorization", "Node")).GetFiles())
        {
            file.CopyTo(Path.Combine(folder.FullName, file.Name));
        }

        using (var install = Start(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"))
        {
            install.StandardInput.Close();
            var errors = install.StandardError.ReadToEndAsync();
            await install.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
            await install.WaitForExitAsync().WaitAsync(Patience);
            Assert.True(install.ExitCode == 0, await errors);
        }

        return new NodeClient(folder, Start(folder, "node", "client.mjs", address));
    }

    public async Task<JsonElement> DoAsync(string command, object? more = null)
    {
        var fields = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        fields["do"] = command;
        await _process.StandardInput.WriteLineAsync(fields.ToJsonString());
        var line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        if (line is null)
        {
            Assert.Fail(await _process.StandardError.ReadToEndAsync());
        }

        var answer = JsonDocument.Parse(line).RootElement;
        Assert.False(answer.TryGetProperty("failed", out var failure), $"{command}: {failure}");
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        try
        {
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (TimeoutException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static bool OnPath(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, program)) || File.Exists(Path.Combine(folder, program + ".cmd")));

    private static Process Start(DirectoryInfo folder, string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        WorkingDirectory = folder.FullName,
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
