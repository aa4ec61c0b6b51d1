using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Agency.WorkerProtocol;

/// <summary>
/// What the worker's program gives up, when it is started as <c>confine</c>, before it becomes the program that follows: nothing of that
/// program has run by then, so nothing in it can keep what was taken.
/// </summary>
public sealed record Confinement
{
    private const string Verb = "confine";
    private const string End = "--";

    /// <summary>How it is kept from the files of others.</summary>
    public required FileConfinement Files { get; init; }

    /// <summary>What it may read, whole folders or files; nobody else's file is in there. A device can be written to as well.</summary>
    public required IReadOnlyList<string> Readable { get; init; }

    /// <summary>The size of the temporary folder of its own, with <see cref="FileConfinement.Mounts"/>.</summary>
    public required int ScratchMegabytes { get; init; }

    /// <summary>The program, by its path, and its arguments.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Arguments for the worker's program.</summary>
    public IReadOnlyList<string> ToArguments() =>
        [Verb, Files.ToString(), ScratchMegabytes.ToString(CultureInfo.InvariantCulture), .. Readable, End, .. Command];

    /// <summary>Whether these arguments ask for it; anything malformed does not.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, [NotNullWhen(true)] out Confinement? confinement)
    {
        confinement = null;
        var end = arguments.ToList().IndexOf(End);
        if (end < 3 || end == arguments.Count - 1 || arguments[0] != Verb
            || !Enum.TryParse<FileConfinement>(arguments[1], out var files)
            || !int.TryParse(arguments[2], CultureInfo.InvariantCulture, out var scratch))
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
    /// <summary>Others have seen to it.</summary>
    None,

    /// <summary>A file system of its own that holds nothing else. Needs to be root of a namespace for mounts and one for processes.</summary>
    Mounts,

    /// <summary>Rules of the kernel's Landlock. Nothing can be written at all.</summary>
    Landlock,
}
