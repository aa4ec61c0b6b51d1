using System.Runtime.InteropServices;

namespace Agency.HostileWorker;

/// <summary>
/// Processes made by fork alone. The child of a program on the .NET runtime has one thread and no runtime to speak of: it sleeps and ends, by
/// calls that the runtime does not notice.
/// </summary>
internal static unsafe class Offspring
{
    /// <summary>No child is left longer, whatever becomes of the test.</summary>
    private const uint LifeSeconds = 30;

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<int> Fork = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int>)Find("fork");
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<uint, uint> Sleep = (delegate* unmanaged[Cdecl, SuppressGCTransition]<uint, uint>)Find("sleep");
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<int, void> Leave = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int, void>)Find("_exit");
    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<int> NewSession = (delegate* unmanaged[Cdecl, SuppressGCTransition]<int>)Find("setsid");

    private static readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<uint, uint, int, int> CloseRange =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<uint, uint, int, int>)Find("close_range");

    /// <summary>As many as asked for, or fewer.</summary>
    public static int Multiply(int wanted)
    {
        for (var made = 0; made < wanted; made++)
        {
            var child = Fork();
            if (child == 0)
            {
                Sleep(LifeSeconds);
                Leave(0);
            }

            if (child < 0) return made;
        }

        return wanted;
    }

    /// <summary>A process that nobody is the parent of, in a session of its own. Whether there is one.</summary>
    public static bool Abandon()
    {
        var child = Fork();
        if (child != 0) return child > 0;
        NewSession();
        if (Fork() == 0) Sleep(LifeSeconds);
        Leave(0);
        return false;
    }

    /// <summary>Leaves a child that has nothing of this process but its standard error, and ends. Answers only where there can be no child.</summary>
    public static string HoldErrors()
    {
        var child = Fork();
        if (child < 0) return "no process";
        if (child == 0)
        {
            CloseRange(0, 1, 0);
            CloseRange(3, uint.MaxValue, 0);
            Sleep(LifeSeconds);
        }

        Leave(3);
        return "";
    }

    private static nint Find(string name) => NativeLibrary.GetExport(NativeLibrary.Load("libc.so.6"), name);
}
