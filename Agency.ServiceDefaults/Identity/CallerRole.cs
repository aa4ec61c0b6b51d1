namespace Agency.ServiceDefaults.Identity;

/// <summary>Who a token speaks for. On the wire the names are lower case.</summary>
public enum CallerRole
{
    /// <summary>The agency's operator: every client, every tool.</summary>
    Operator,

    /// <summary>Sees the whole agency, changes nothing.</summary>
    Viewer,

    /// <summary>One client company, to read or to write.</summary>
    Company,

    /// <summary>One run of one client company, and only the tools its token lists.</summary>
    Run,
}
