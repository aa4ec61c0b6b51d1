using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Agency.AppHost.State;

/// <summary>A process that cannot be mistaken for another: its id together with when it started.</summary>
/// <param name="Id">The process id.</param>
/// <param name="Started">On Linux the clock ticks since the machine started, which no change of the clock moves; elsewhere the UTC start time.</param>
internal readonly record struct ProcessIdentity(int Id, string Started)
{
    /// <summary>The process that has this id now; null when there is none or it has ended already.</summary>
    public static ProcessIdentity? Of(int id)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // Fields after the name in parentheses: the state, then 18 others, then the start time (proc(5), field 22).
                string[] fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
                return fields[0] is "Z" or "X" ? null : new ProcessIdentity(id, fields[19]);
            }

            using var process = Process.GetProcessById(id);
            return process.HasExited ? null : new ProcessIdentity(id, process.StartTime.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or ArgumentException or InvalidOperationException or Win32Exception or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public bool IsRunning => Of(Id) == this;
}
