namespace Agency.ServiceDefaults.Secrets;

/// <summary>Section <c>Secrets</c>.</summary>
public sealed class SecretOptions
{
    public const string Section = "Secrets";

    /// <summary>
    /// Folder with the keys that encrypt companies' secrets, the same for every server that needs them and kept apart from the database. Without it there
    /// are no company secrets.
    /// </summary>
    public string? KeyRing { get; set; }

    /// <summary>Whether this service makes keys where there are none, and new ones as they age. One kind of service should.</summary>
    public bool MakesKeys { get; set; }
}
