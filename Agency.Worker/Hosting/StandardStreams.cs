using Microsoft.Win32.SafeHandles;

namespace Agency.Worker.Hosting;

/// <summary>
/// The process's three streams as they are. Console's own would let a stray message in among the protocol's lines, and starts a thread for a terminal's signals
/// at the first write.
/// </summary>
internal static class StandardStreams
{
    public static Stream Input() => OperatingSystem.IsWindows() ? Console.OpenStandardInput() : Open(0, FileAccess.Read);

    public static Stream Output() => OperatingSystem.IsWindows() ? Console.OpenStandardOutput() : Open(1, FileAccess.Write);

    public static Stream Errors() => OperatingSystem.IsWindows() ? Console.OpenStandardError() : Open(2, FileAccess.Write);

    private static FileStream Open(int descriptor, FileAccess access) => new(new SafeFileHandle(descriptor, ownsHandle: false), access, bufferSize: 0);
}
