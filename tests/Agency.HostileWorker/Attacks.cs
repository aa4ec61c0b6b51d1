using System.Collections;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Agency.HostileWorker;

/// <summary>
/// Each answers with "done" when it got what it must not have, with how far it came, or with the error that stopped it. All are bounded: where
/// nothing stops them the machine goes on.
/// </summary>
internal static class Attacks
{
    private const long Megabyte = 1024 * 1024;

    private static readonly Dictionary<string, Func<Target, string>> All = new()
    {
        ["parent-environment"] = t => Read($"/proc/{t.Parent}/environ"),
        ["parent-maps"] = t => Read($"/proc/{t.Parent}/maps"),
        ["parent-memory"] = t => Open($"/proc/{t.Parent}/mem"),
        ["parent-memory-call"] = t => ReadMemory(t.Parent),
        ["parent-signal"] = t => Libc.Said(Libc.Kill(t.Parent, 0)),
        ["parent-signal-by-descriptor"] = t => Libc.Said(Libc.ControlDescriptor(0, 8, t.Parent)),
        ["kernel-settings"] = _ => OpenForWriting("/proc/sys/kernel/core_pattern"),
        ["sibling-memory"] = t => Open($"/proc/{t.Sibling}/mem"),
        ["sibling-signal"] = t => Libc.Said(Libc.Kill(t.Sibling, 0)),
        ["sibling-trace"] = t => Trace(t.Sibling),
        ["sibling-folder"] = t => Directory.GetFileSystemEntries(t.SiblingFolder).Length > 0 ? "done" : "empty",
        ["sibling-gateway"] = t => Ask(Path.Combine(t.SiblingFolder, "gateway")),
        ["own-gateway"] = t => Ask(t.OwnGateway),
        ["secret-file"] = t => Read(t.SecretFile),
        ["service-socket"] = t => Ask(t.ServiceSocket),
        ["service-port"] = t => Connect(t.Port),
        ["datagrams"] = _ => Libc.Said(Libc.Socket(2, 2, 0)),
        ["raw-network"] = _ => Libc.Said(Libc.Socket(16, 3, 0)),
        ["descriptor"] = t => Libc.Said(Libc.Descriptor(t.Descriptor, 1)),
        ["environment"] = _ => string.Join(' ', Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => (string)v.Key).Order(StringComparer.Ordinal)),
        ["namespaces"] = _ => Libc.Said(Libc.Unshare(0x04000000)),
        ["parent-death"] = _ => Libc.Said(Libc.Control(1, 0, 0, 0, 0)),
        ["fork-bomb"] = _ => Offspring.Multiply(200) is var made and > 0 ? $"done: {made} processes" : "no process",
        ["hold-errors"] = _ => Offspring.HoldErrors(),
        ["outlive"] = _ => Offspring.Abandon() ? "done" : "no process",
        ["thread-bomb"] = _ => Threads(300),
        ["memory"] = _ => Memory(1100),
        ["uncounted-memory"] = _ => Libc.Map(0, (nint)(64 * Megabyte), 3, 0x21, -1, 0) is -1 ? Marshal.GetLastPInvokeErrorMessage() : "done",
        ["stack-memory"] = _ => Libc.Map(0, (nint)(64 * Megabyte), 3, 0x122, -1, 0) is -1 ? Marshal.GetLastPInvokeErrorMessage() : "done",
        ["read-only-memory"] = _ => ReadOnlyMemory(700),
        ["raise-limit"] = _ => RaiseLimit(),
        ["disk"] = _ => Fill(96),
        ["write-program"] = _ => Write(Path.Combine(AppContext.BaseDirectory, "left-behind")),
        ["output"] = _ => Pour(Console.OpenStandardOutput()),
        ["errors"] = _ => Pour(Console.OpenStandardError()),
        ["processor"] = _ => Spin(),
        ["stay"] = _ => Stay(),
    };

    public static string Try(string name, Target target)
    {
        try
        {
            return All[name](target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    private static string Read(string path) => File.ReadAllText(path).Length > 0 ? "done" : "empty";

    private static string Open(string path)
    {
        File.OpenHandle(path).Dispose();
        return "done";
    }

    private static string OpenForWriting(string path)
    {
        File.OpenHandle(path, access: FileAccess.Write).Dispose();
        return "done";
    }

    private static string Write(string path)
    {
        File.WriteAllText(path, "x");
        File.Delete(path);
        return "done";
    }

    /// <summary>Bad address: it was allowed, and nothing lies there.</summary>
    private static unsafe string ReadMemory(int process)
    {
        var word = 0L;
        var own = new Libc.Part { First = (nint)(&word), Second = 8 };
        var other = new Libc.Part { First = 8, Second = 8 };
        var read = Libc.ReadMemory(process, &own, 1, &other, 1, 0);
        return read >= 0 || Marshal.GetLastPInvokeError() == 14 ? "done" : Marshal.GetLastPInvokeErrorMessage();
    }

    private static string Trace(int process) => Libc.Said(Libc.Trace(0x4206, process, 0, 0));

    private static string Ask(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send(Encoding.ASCII.GetBytes("GET /operations/mcp HTTP/1.1\r\nHost: gateway\r\n\r\n"));
        return socket.Receive(new byte[1]) > 0 ? "done" : "no answer";
    }

    private static string Connect(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect("127.0.0.1", port);
        return "done";
    }

    private static string Threads(int wanted)
    {
        using var end = new ManualResetEventSlim();
        var made = new List<Thread>();
        try
        {
            while (made.Count < wanted)
            {
                var thread = new Thread(end.Wait, 128 * 1024);
                thread.Start();
                made.Add(thread);
            }

            return "done";
        }
        catch (OutOfMemoryException)
        {
            return $"stopped at {made.Count}";
        }
        finally
        {
            end.Set();
            made.ForEach(thread => thread.Join());
        }
    }

    private static unsafe string Memory(int megabytes)
    {
        const nint Part = (nint)(16 * Megabyte);
        var taken = new List<nint>();
        while (taken.Count * 16 < megabytes)
        {
            var place = Libc.Map(0, Part, 3, 0x22, -1, 0);
            if (place == -1) break;
            for (var i = 0; i < Part; i += 4096) ((byte*)place)[i] = 1;
            taken.Add(place);
        }

        // Given back, or nothing else could be tried.
        taken.ForEach(place => _ = Libc.Unmap(place, Part));
        return taken.Count * 16 < megabytes ? $"stopped at {taken.Count * 16} MB" : "done";
    }

    /// <summary>What can no longer be written to counts no longer, and is there all the same.</summary>
    private static unsafe string ReadOnlyMemory(int megabytes)
    {
        const nint Part = (nint)(16 * Megabyte);
        for (var taken = 0; taken < megabytes; taken += 16)
        {
            var place = Libc.Map(0, Part, 3, 0x22, -1, 0);
            if (place == -1) return $"stopped at {taken} MB";
            for (var i = 0; i < Part; i += 4096) ((byte*)place)[i] = 1;
            _ = Libc.Protect(place, Part, 1);
        }

        return Stay();
    }

    private static unsafe string RaiseLimit()
    {
        var none = new Libc.Part { First = -1, Second = -1 };
        return Libc.Said(Libc.SetLimit(2, &none));
    }

    /// <summary>In files that are each within the limit of one.</summary>
    private static string Fill(int megabytes)
    {
        var written = 0L;
        string[] places = [Path.GetTempPath(), Environment.CurrentDirectory, "/", "/tmp", "/var/tmp", "/dev/shm", AppContext.BaseDirectory];
        var files = new List<string>();
        var problem = "";
        foreach (var place in places)
        {
            try
            {
                while (written < megabytes * Megabyte)
                {
                    var path = Path.Combine(place, $"fill-{Guid.NewGuid():N}");
                    using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
                    files.Add(path);
                    for (var i = 0; i < 8; i++)
                    {
                        file.Write(new byte[Megabyte]);
                        written += Megabyte;
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                problem = e.Message;
            }
        }

        files.ForEach(File.Delete);
        return written >= megabytes * Megabyte ? "done" : $"stopped at {written / Megabyte} MB: {problem}";
    }

    private static string Pour(Stream stream)
    {
        var chunk = new byte[Megabyte];
        Array.Fill(chunk, (byte)'x');
        for (var i = 0; i < 1024; i++) stream.Write(chunk);
        return "done";
    }

    /// <summary>The end of its input, at which a worker leaves, is nothing to this one.</summary>
    private static string Stay()
    {
        new ManualResetEventSlim().Wait(TimeSpan.FromMinutes(2));
        return "done";
    }

    /// <summary>Far longer than it may, and not for ever.</summary>
    private static string Spin()
    {
        var began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60))
        {
        }

        return "done";
    }
}
