using System.Globalization;
using System.Text.Json;
using Agency.LocalHosting.Processes;

namespace Agency.LocalHosting.Building;

/// <summary>The folder with everything a run leaves behind: database, parameters, tokens. One AppHost uses it at a time.</summary>
internal sealed class StateFolder : IDisposable
{
    private readonly FileStream _lock;
    private readonly Lock _gate = new();

    private StateFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string ParametersFile => System.IO.Path.Combine(Path, "parameters.json");

    /// <exception cref="DistributedApplicationException">Another AppHost uses it.</exception>
    public static StateFolder Open(string path)
    {
        string ownerFile = System.IO.Path.Combine(path, "apphost.pid");
        FileStream? held;
        try
        {
            Create(path);
            held = FileLock.TryAcquire(System.IO.Path.Combine(path, "apphost.lock"));
        }
        catch (UnauthorizedAccessException failure)
        {
            throw new DistributedApplicationException(
                $"The state folder {path} belongs to another user ({failure.Message}). Start as that user, or set AGENCY_HOME to another folder.", failure);
        }

        if (held is null)
        {
            string owner = File.Exists(ownerFile) ? $" (process {File.ReadAllText(ownerFile).Trim()})" : "";
            throw new DistributedApplicationException(
                $"The agency already runs on this state{owner}: {path}. Stop it first, or set AGENCY_HOME to another folder to run a second one.");
        }

        File.WriteAllText(ownerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new StateFolder(path, held);
    }

    /// <summary>As root others may pass through, for the database's user; its secret files are closed one by one.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (Environment.IsPrivilegedProcess)
            mode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(path, mode);
    }

    public Dictionary<string, string> LoadParameters()
    {
        if (!File.Exists(ParametersFile))
            return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(ParametersFile)) ?? [];
        }
        catch (JsonException failure)
        {
            throw new DistributedApplicationException($"{ParametersFile} is not valid JSON ({failure.Message}). Correct it, or delete the whole state folder {Path}.", failure);
        }
    }

    public void SaveParameter(string name, string value)
    {
        lock (_gate)
        {
            var all = LoadParameters();
            all[name] = value;
            WriteSecret(ParametersFile, JsonSerializer.Serialize(all, Indented));
        }
    }

    /// <summary>Writes a file that only its owner can read, whole or not at all.</summary>
    public static void WriteSecret(string path, string content)
    {
        string draft = path + ".new";
        File.Delete(draft);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(draft, creation))
            writer.Write(content);
        File.Move(draft, path, overwrite: true);
    }

    public void Dispose() => _lock.Dispose();

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
}
