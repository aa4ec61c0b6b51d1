namespace Agency.Migrations.Access;

/// <summary>Which rows of a table a role may see at all.</summary>
internal enum Visibility
{
    /// <summary>Tenant roles: their company's rows. Agency roles: all.</summary>
    Company,

    /// <summary>Tenant roles: their company's rows. Agency roles: none; operators' calls run on the tenant role for the named company.</summary>
    CompanyOnly,

    /// <summary>Agency roles only.</summary>
    Agency,

    /// <summary>Every role: rows that tell nothing of any company.</summary>
    Everyone,
}

/// <summary>One table and what each service may do with the rows that it sees.</summary>
internal sealed record Table(string Name, Visibility Visibility)
{
    public List<Grant> Grants { get; } = [];

    /// <param name="service">Prefix of the service's logins.</param>
    /// <param name="privileges">SQL privileges, such as <c>select, update (next_run)</c>.</param>
    public Table Allow(string service, string privileges)
    {
        Grants.Add(new Grant(service, privileges));
        return this;
    }
}

internal sealed record Grant(string Service, string Privileges);
