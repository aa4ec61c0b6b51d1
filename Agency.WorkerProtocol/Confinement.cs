using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agency.WorkerProtocol;

/// <summary>What the worker's program gives up, when it is started as <c>confine</c>, before it reads anything of a run.</summary>
public sealed record Confinement
{
    private const string Verb = "confine";
    private const string End = "--";

    /// <summary>How it is kept from the files of others.</summary>
    public required FileConfinement Files { get; init; }

    /// <summary>What it may read, whole folders or files; nobody else's file is in there. A device can be written to as well.</summary>
    public IReadOnlyList<string> Readable { get; init; } = [];

    /// <summary>The size of the temporary folder of its own, with <see cref="FileConfinement.Mounts"/>.</summary>
    public int ScratchMegabytes { get; init; }

    /// <summary>
    /// The program that it becomes then, by its path, and its arguments: nothing of that program has run by then, so nothing in it can keep what was
    /// taken. None with <see cref="FileConfinement.Wrapped"/>.
    /// </summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Arguments for the worker's program.</summary>
    public IReadOnlyList<string> ToArguments() =>
        [Verb, Files.ToString(), ScratchMegabytes.ToString(CultureInfo.InvariantCulture), .. Readable, End, .. Command];

    /// <summary>Whether these arguments ask for it, and for all that it takes.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, [NotNullWhen(true)] out Confinement? confinement)
    {
        confinement = null;
        var end = arguments.ToList().IndexOf(End);
        if (end < 3 || arguments[0] != Verb
            || !Enum.TryParse<FileConfinement>(arguments[1], out var files)
            || !int.TryParse(arguments[2], CultureInfo.InvariantCulture, out var scratch)
            || (end == arguments.Count - 1) != (files is FileConfinement.Wrapped))
        {
            return false;
        }

        confinement = new Confinement
        {
            Files = files,
            ScratchMegabytes = scratch,
            Readable = [.. arguments.Take(end).Skip(3)],
            Command = [.. arguments.Skip(end + 1)],
        };
        return true;
    }
}

/// <summary>How a confined program is kept from the files of others.</summary>
public enum FileConfinement
{
    /// <summary>
    /// The wrapper that started it has seen to that, to its privileges and to its descriptors. What is left are its system calls, which a process can
    /// give up for all its threads: it stays the program that it is.
    /// </summary>
    Wrapped,

    /// <summary>A file system of its own that holds nothing else. Needs to be root of a namespace for mounts and one for processes.</summary>
    Mounts,

    /// <summary>Rules of the kernel's Landlock. Nothing can be written at all.</summary>
    Landlock,
}
