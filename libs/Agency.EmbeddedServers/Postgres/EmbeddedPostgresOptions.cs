namespace Agency.EmbeddedServers.Postgres;

/// <summary>What an embedded server needs to know.</summary>
public sealed class EmbeddedPostgresOptions
{
    /// <summary>
    /// Where the server keeps its data, log, port and lock. As root the data lies below /var/tmp instead when the server's user cannot reach
    /// this folder.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>The password of the superuser <c>postgres</c>. It is set when the data folder is made.</summary>
    public required string Password { get; init; }

    /// <summary>The port, or null for the one used last time, or else a free one.</summary>
    public int? Port { get; init; }

    /// <summary>Settings of postgresql.conf for this start.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Where to look for PostgreSQL's programs: <c>installed</c>, <c>npm</c>, <c>download</c>, separated by commas. Default:
    /// AGENCY_POSTGRES_SEARCH, else all three in this order.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>Receives what a user should know: a download, a data folder in an unusual place.</summary>
    public Action<string> Log { get; init; } = _ => { };
}
