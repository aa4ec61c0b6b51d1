using System.Runtime.InteropServices;

namespace Agency.Worker.Confining;

/// <summary>
/// Landlock: this process may read what it is given and write nothing but devices. It may neither look into a process outside, nor, where the
/// kernel is new enough, signal one. The Unix sockets of others are not covered.
/// </summary>
internal static unsafe class LandlockRules
{
    private const int CreateRuleset = 444;
    private const int AddRule = 445;
    private const int RestrictSelf = 446;
    private const nint AskForVersion = 1;
    private const nint PathBeneath = 1;
    private const int PathOnly = 0x200000 | 0x80000;

    private const ulong Execute = 1 << 0;
    private const ulong WriteFile = 1 << 1;
    private const ulong ReadFile = 1 << 2;
    private const ulong ReadFolder = 1 << 3;

    private const ulong NoSignalsNorAbstractSockets = 3;

    public static void Enforce(IReadOnlyList<string> readable)
    {
        var version = Libc.Check(Libc.SystemCall(CreateRuleset, 0, 0, AskForVersion), "the kernel has no Landlock");
        var rights = new Rights(
            version switch { 1 => (1UL << 13) - 1, 2 => (1UL << 14) - 1, 3 or 4 => (1UL << 15) - 1, _ => (1UL << 16) - 1 },
            version < 4 ? 0UL : 3,
            version < 6 ? 0UL : NoSignalsNorAbstractSockets);
        var known = version switch { < 4 => sizeof(ulong), < 6 => 2 * sizeof(ulong), _ => 3 * sizeof(ulong) };
        var ruleset = (int)Libc.Check(Libc.SystemCall(CreateRuleset, (nint)(&rights), known), "no Landlock rules can be made");

        // Its own view of itself: the runtime looks there for its memory map.
        foreach (var path in readable.Append($"/proc/{Libc.ProcessId()}").Where(Path.Exists))
        {
            Allow(ruleset, path);
        }

        Libc.Check(Libc.SystemCall(RestrictSelf, ruleset), "the Landlock rules cannot be enforced");
    }

    private static void Allow(int ruleset, string path)
    {
        var place = (int)Libc.Check(Libc.Open(path, PathOnly), $"'{path}' cannot be opened");
        var rule = new Rule(
            Directory.Exists(path) ? Execute | ReadFile | ReadFolder : path.StartsWith("/dev/", StringComparison.Ordinal) ? ReadFile | WriteFile : Execute | ReadFile,
            place);
        Libc.Check(Libc.SystemCall(AddRule, ruleset, PathBeneath, (nint)(&rule)), $"'{path}' cannot be allowed");
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Rights(ulong Files, ulong Network, ulong Scopes);

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private readonly record struct Rule(ulong Allowed, int Place);
}
