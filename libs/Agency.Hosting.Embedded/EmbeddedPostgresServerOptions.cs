namespace Agency.Hosting.Embedded;

/// <summary>How an embedded PostgreSQL runs.</summary>
public sealed class EmbeddedPostgresServerOptions
{
    /// <summary>Where the server keeps its data, log and port between starts. Required unless <see cref="ConnectionString"/> is set.</summary>
    public string Folder { get; set; } = "";

    /// <summary>Settings of postgresql.conf for this start.</summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    /// <summary>A superuser's connection string to a server of the user's own, which is used in place of an embedded one.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Deletes the data when the application ends: for tests.</summary>
    public bool DeleteDataAtEnd { get; set; }
}
