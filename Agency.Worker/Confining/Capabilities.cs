using System.Runtime.InteropServices;

namespace Agency.Worker.Confining;

/// <summary>Gives up whatever a root user, or the root of a namespace, may do beyond its own files. An ordinary user has nothing to give up.</summary>
internal static unsafe class Capabilities
{
    private const int Version = 0x20080522;
    private const int Count = 64;

    /// <summary>Being root gives nothing any more, nothing of this can be taken back, and no ambient capability is raised.</summary>
    private const int RootIsNobody = 0xEF;

    public static void Drop(SystemCalls calls)
    {
        // These two fail for want of the right to, which an ordinary user lacks as it lacks what they would take.
        _ = Libc.Control(Libc.SetSecureBits, RootIsNobody);
        for (var capability = 0; capability < Count; capability++)
        {
            _ = Libc.Control(Libc.DropFromBoundingSet, capability);
        }

        Header header = new(Version, 0);
        var none = stackalloc int[6];
        new Span<int>(none, 6).Clear();
        Libc.Check(Libc.SystemCall(calls.CapabilitySet, (nint)(&header), (nint)none), "capabilities cannot be dropped");
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Header(int Version, int Process);
}
