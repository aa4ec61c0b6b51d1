using Agency.Data;

namespace Agency.ServiceDefaults.Identity;

/// <summary>What a token shall say. Use the factory methods: they leave no combination that a server would refuse.</summary>
public sealed record TokenRequest
{
    private TokenRequest()
    {
    }

    public required CallerRole Role { get; init; }

    public required string Subject { get; init; }

    public required TimeSpan Lifetime { get; init; }

    /// <summary>The MCP addresses (<see cref="ServerAddresses.Audience"/>) at which it is good.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    public CompanyId? Company { get; init; }

    public bool CanWrite { get; init; }

    public RunId? Run { get; init; }

    public IReadOnlyList<string> Tools { get; init; } = [];

    /// <summary>The OAuth client that gets the token, or null. Such a token also says its scope, so that its client can ask for more.</summary>
    public string? ClientId { get; init; }

    public static TokenRequest ForOperator(string subject, TimeSpan lifetime, IReadOnlyList<string> audiences) =>
        new() { Role = CallerRole.Operator, Subject = subject, Lifetime = lifetime, Audiences = audiences };

    public static TokenRequest ForViewer(string subject, TimeSpan lifetime, IReadOnlyList<string> audiences) =>
        new() { Role = CallerRole.Viewer, Subject = subject, Lifetime = lifetime, Audiences = audiences };

    public static TokenRequest ForCompany(CompanyId company, bool canWrite, string subject, TimeSpan lifetime, IReadOnlyList<string> audiences) =>
        new() { Role = CallerRole.Company, Company = company, CanWrite = canWrite, Subject = subject, Lifetime = lifetime, Audiences = audiences };

    /// <summary>One token per server: <paramref name="tools"/> are the tools allowed on that one audience.</summary>
    public static TokenRequest ForRun(CompanyId company, RunId run, IReadOnlyList<string> tools, TimeSpan lifetime, string audience) =>
        new() { Role = CallerRole.Run, Company = company, Run = run, Tools = tools, Subject = $"run:{run}", Lifetime = lifetime, Audiences = [audience] };
}

/// <summary>A signed token. <paramref name="Token"/> is a secret; <paramref name="Id"/> is what revocation and lists go by.</summary>
public sealed record IssuedToken(string Token, string Id, DateTimeOffset ExpiresAt)
{
    /// <summary>Leaves the secret out, so that logging the record by accident gives nothing away.</summary>
    public override string ToString() => $"IssuedToken {{ Id = {Id}, ExpiresAt = {ExpiresAt:O} }}";
}
