using System.Globalization;
using System.Text.Json;
using Agency.EmbeddedServers.Processes;

namespace Agency.AppHost.State;

/// <summary>The folder with everything that a run leaves behind: database, parameters, tokens, keys. One AppHost uses it at a time.</summary>
internal sealed class StateFolder : IDisposable
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly FileStream _lock;
    private readonly Lock _gate = new();

    private StateFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    private string ParametersFile => this["parameters.json"];

    /// <summary>The path of a file or folder in it.</summary>
    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <exception cref="DistributedApplicationException">Another AppHost uses it, or it cannot be used.</exception>
    public static StateFolder Open(string path)
    {
        string ownerFile = System.IO.Path.Combine(path, "apphost.pid");
        FileStream? held;
        try
        {
            Create(path);
            held = FileLock.TryAcquire(System.IO.Path.Combine(path, "apphost.lock"));
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            throw new DistributedApplicationException(
                $"The state folder {path} cannot be used: {failure.Message} Start as the user it belongs to, or set AGENCY_HOME to another folder.", failure);
        }

        if (held is null)
        {
            string owner = File.Exists(ownerFile) ? $" (process {File.ReadAllText(ownerFile).Trim()})" : "";
            throw new DistributedApplicationException(
                $"The agency already runs on this state{owner}: {path}. Stop it first, or set AGENCY_HOME to another folder, " +
                "and AGENCY_PORT_BASE to other ports, to run a second one.");
        }

        File.WriteAllText(ownerFile, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new StateFolder(path, held);
    }

    /// <exception cref="DistributedApplicationException">The file was damaged.</exception>
    public Dictionary<string, string?> LoadParameters()
    {
        if (!File.Exists(ParametersFile))
            return [];
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string?>>(File.ReadAllText(ParametersFile)) ?? [];
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
            WriteSecret("parameters.json", JsonSerializer.Serialize(all, Indented));
        }
    }

    /// <summary>Writes a file that only its owner can read, whole or not at all; returns its path.</summary>
    public string WriteSecret(string name, string content)
    {
        string path = this[name], draft = path + ".new";
        File.Delete(draft);
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            creation.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(draft, creation))
            writer.Write(content);
        File.Move(draft, path, overwrite: true);
        return path;
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>As root, other users may pass through, for the database's sake; secret files are closed one by one.</summary>
    private static void Create(string path)
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
}
