using System.Runtime.InteropServices;
using Agency.WorkerProtocol;

namespace Agency.Worker.Tests;

/// <summary>
/// The NativeAOT build, where it has been published: <c>dotnet publish Agency.Worker -r linux-x64 -p:PublishAot=true</c>. CI publishes it, and runs
/// this whole project against it besides.
/// </summary>
public sealed class NativeBuildTests(FakeGateway gateway) : IClassFixture<FakeGateway>
{
    [Fact]
    public async Task Native_RunWithContext_Succeeds()
    {
        gateway.Returns("recall", """{"found":[1,2.5,"drei"]}""");
        var sop = "---\nname: x\ncontext_query: goals of {{ company.name }}\ninputs:\n  - name: q\n    default: why\n---\n# X\n\n1. Think.\n\n2. Recall.\n\n   ```tool context.recall as it\n   "
            + "{ \"q\": \"{{ inputs.q }} {{ run.date }} {{ context.profile.industry }}\" }\n   ```\n\n3. Again.\n\n   ```tool context.recall\n   { \"n\": \"{{ steps.it.found }}\" }\n   ```\n";
        using var worker = new WorkerUnderTest(Executable());
        worker.Send(RunEnvelopes.ToLine(WorkerUnderTest.Envelope(gateway, sop)));

        var run = await worker.FinishAsync();

        run.Succeeded();
        Assert.Equal("", run.Errors);
        var calls = gateway.Calls.Where(c => c.Tool == "recall").ToList();
        Assert.Equal(["why 2026-03-02 steel", """[1,2.5,"drei"]"""], [(string?)calls[0].Arguments["q"], calls[1].Arguments["n"]!.ToJsonString()]);
    }

    [Fact]
    public async Task Native_WaitingForARun_TakesLessThan20Megabytes()
    {
        var executable = Executable();
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        using var worker = new WorkerUnderTest(executable);
        await worker.ReadyAsync();

        var resident = File.ReadLines($"/proc/{worker.Process.Id}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));

        Assert.InRange(int.Parse(resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture), 1, 20 * 1024);
    }

    private static string Executable()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Agency.sln"))) folder = folder.Parent;
        var executable = Path.Combine(
            folder?.FullName ?? "", "artifacts", "worker", RuntimeInformation.RuntimeIdentifier, OperatingSystem.IsWindows() ? "Agency.Worker.exe" : "Agency.Worker");
        if (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.SkipUnless(
                File.Exists(executable), $"No native worker: dotnet publish Agency.Worker -r {RuntimeInformation.RuntimeIdentifier} -p:PublishAot=true");
        }

        return executable;
    }
}
